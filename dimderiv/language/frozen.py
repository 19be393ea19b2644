"""Frozen dataclasses that are made fast: the type checker keeps them from being changed.

`dataclass(frozen=True)` guards them at run time too, and sets each field by a call for that, which
takes longer than all else in the making of a node.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

Made = TypeVar("Made")


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(field,))
def by_identity(cls: type[Made]) -> type[Made]:
    """A frozen class with slots, whose objects are equal where they are the same."""
    return dataclass(slots=True, eq=False)(cls)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def by_value(cls: type[Made]) -> type[Made]:
    """A frozen class with slots, whose objects are equal where their fields are."""
    make: Callable[[type[Made]], type[Made]] = dataclass(slots=True, unsafe_hash=True)
    return make(cls)
