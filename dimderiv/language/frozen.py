"""Frozen dataclasses that are made fast: the type checker keeps them from being changed.

`dataclass(frozen=True)` guards them at run time too, and sets each field by a call for that, which
takes longer than all else in the making of a node.  It also writes and compiles five functions for
each class, which takes longer than to read the file that the class is in; what needs no text of its
own is shared here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

Made = TypeVar("Made")


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(field,))
def by_identity(cls: type[Made]) -> type[Made]:
    """A frozen class with slots, whose objects are equal where they are the same."""
    return _shown(dataclass(slots=True, repr=False, eq=False)(cls))


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def by_value(cls: type[Made]) -> type[Made]:
    """A frozen class with slots, whose objects are equal where their fields are."""
    return _compared(_shown(dataclass(slots=True, repr=False, eq=False)(cls)))


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[Made]) -> type[Made]:
    """A frozen class like that of `by_value`, whose objects may keep properties that they found."""
    return _compared(_shown(dataclass(repr=False, eq=False)(cls)))


def _shown(cls: type[Made]) -> type[Made]:
    """The class with the text that dataclasses have, unless it has one of its own."""
    if cls.__repr__ is object.__repr__:
        cls.__repr__ = _text  # type: ignore[method-assign]
    return cls


def _text(self: Any) -> str:
    told = [f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr]
    return f"{type(self).__qualname__}({', '.join(told)})"


def _compared(cls: type[Made]) -> type[Made]:
    """The class whose objects are equal where the fields that count are."""
    values = _values([each.name for each in fields(cls) if each.compare])  # type: ignore[arg-type]

    def equal(self: Any, other: object) -> bool:
        return values(self) == values(other) if type(other) is type(self) else NotImplemented

    def hashed(self: Any) -> int:
        return hash(values(self))

    for name, function in (("__eq__", equal), ("__hash__", hashed)):
        if name not in vars(cls) or vars(cls)[name] is None:
            setattr(cls, name, function)
    return cls


def _values(names: list[str]) -> Callable[[Any], Any]:
    """What gives the values of some fields, or of the only one."""
    return attrgetter(*names) if names else lambda _: ()
