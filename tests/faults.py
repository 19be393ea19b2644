"""Breaking one thing on the way from an expression to the printed answer, for a test."""

import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from dimderiv import derive
from dimderiv.derivation.derivation import Derivation
from dimderiv.errors import ShapeError, VerificationError
from dimderiv.language.syntax import Binary, Group, Negative, Transpose

Wrong = Callable[[Any], Any]


class Case(NamedTuple):
    """What is derived."""

    expression: str
    wrt: str
    shapes: str = ""
    order: int = 1


class Fault(NamedTuple):
    """What is broken: an attribute of a module or of a class, and what is put in its place."""

    name: str
    place: str
    wrong: Wrong
    case: Case


def unchecked(case: Case) -> Derivation:
    """The derivation without its check."""
    return derive(case.expression, case.wrt, shapes=case.shapes, order=case.order, verify=False)


def checked(case: Case) -> Derivation:
    """The derivation, with time for its check on a busy machine."""
    return unchecked(case).verified(budget=60)


def assert_right(case: Case) -> None:
    """The answer is derived, and every entry was compared."""
    found = checked(case).verification

    assert found is not None
    assert found.level in ("exact", "30 digits", "proved")


def assert_withheld(case: Case) -> None:
    """No answer: it disagrees, or its shapes do."""
    with pytest.raises((VerificationError, ShapeError)):
        checked(case)


def ours() -> Iterator[ModuleType]:
    """The modules between the expression and the answer."""
    for name, module in list(sys.modules.items()):
        if name.startswith("dimderiv") and not name.startswith("dimderiv.verify"):
            yield module


def install(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Break something: a function wherever it has been imported to, anything else in one place."""
    module_name, _, rest = fault.place.partition(":")
    module = importlib.import_module(f"dimderiv.{module_name}")
    *owners, name = rest.split(".")
    if owners:
        owner = getattr(module, owners[0])
        monkeypatch.setattr(owner, name, fault.wrong(vars(owner)[name]))
        return
    right = getattr(module, name)
    wrong = fault.wrong(right)
    monkeypatch.setattr(module, name, wrong)
    if getattr(right, "__module__", "") == module.__name__ and not isinstance(right, type):
        for each in ours():
            for attribute in [key for key, value in vars(each).items() if value is right]:
                monkeypatch.setattr(each, attribute, wrong)


def returning(value: Any) -> Wrong:
    """A function that pays no heed to its arguments."""
    return lambda right: lambda *args, **kwargs: value


def changed(change: Callable[[Any], Any]) -> Wrong:
    """A function whose result is changed."""
    return lambda right: lambda *args, **kwargs: change(right(*args, **kwargs))


def given(change: Callable[..., Any]) -> Wrong:
    """A function whose arguments are changed."""
    return lambda right: lambda *args, **kwargs: right(*change(*args), **kwargs)


def rewritten(change: Callable[[Any], Any]) -> Wrong:
    """A printer of nodes that prints another node."""
    return lambda right: lambda node, *args: right(change(node), *args)


def without(kind: type[Negative] | type[Transpose]) -> Wrong:
    """A printer that skips a kind of node and prints what is inside."""
    return rewritten(lambda node: Group(node.operand) if isinstance(node, kind) else node)


def operator(old: str, new: Any) -> Wrong:
    """A printer that takes one operator for another."""
    return rewritten(
        lambda node: (
            replace(node, operator=new)
            if isinstance(node, Binary) and node.operator == old
            else node
        )
    )


def called(old: str, new: str) -> Wrong:
    """A call of one function in place of another."""
    return given(lambda name, *faces: (new if name == old else name, *faces))


def other_axis(right: Any) -> Any:
    """Calls that run along the other axis."""
    return lambda *args, axis=None: right(*args, axis=None if axis is None else 1 - axis)


def exchanged_arguments(function: str) -> Wrong:
    """Calls with their arguments in the wrong order."""
    return given(lambda name, *faces: (name, *(faces[::-1] if name == function else faces)))
