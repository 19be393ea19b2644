"""Who takes part: one registry of everything that computes a derivative of a case."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Any, TypeVar

import numpy as np

from benchmarks.case import Array, Arrays, Case, Form
from benchmarks.libraries import Autograd, Jax, Numpy, Torch
from dimderiv.errors import UnknownNameError

NUMPY, FORMULA = Numpy(), "formula"
Work = Callable[[], Any]
Library = TypeVar("Library")
# Makes the work of a case with given arrays; nothing where it cannot take part.
Maker = Callable[[Case, Arrays], "Work | None"]


@dataclass(frozen=True)
class Field:
    """Who takes part, and who could not.

    Attributes:
        makers: what makes the work of each contender.
        versions: the versions of the libraries.
        absent: the libraries that are not installed.
        jax: the library, for the time of its tracing.
    """

    makers: Mapping[str, Maker]
    versions: Mapping[str, str]
    absent: tuple[str, ...]
    jax: Jax | None


def field() -> Field:
    """Everything that is installed, dimderiv's own code first."""
    jax, torch, autograd = _installed(Jax), _installed(Torch), _installed(Autograd)
    makers: dict[str, Maker] = {"dimderiv numpy": partial(generated, "numpy", _plain)}
    if jax:
        makers["dimderiv jax"] = partial(generated, "jax", jax.generated)
    if torch:
        makers["dimderiv torch"] = partial(generated, "torch", torch.generated)
    if jax:
        makers["jax by hand"], makers["jax.jit"] = jax.by_hand, jax.compiled
    if torch:
        makers["torch by hand"] = torch.by_hand
        makers["torch autograd"], makers["torch.func"] = torch.taped, torch.transformed
    if autograd:
        makers["HIPS autograd"] = autograd.traced
    found = {"jax": jax, "torch": torch, "autograd": autograd}
    present = ("numpy", *(name for name, library in found.items() if library))
    absent = tuple(name for name, library in found.items() if not library)
    return Field(makers, {name: version(name) for name in present}, absent, jax)


def generated(
    target: str, bind: Callable[[Callable[..., Any], Arrays], Work], case: Case, arrays: Arrays
) -> Work | None:
    """The code that dimderiv generates for a target; nothing where there is no such target.

    Args:
        target: the name of the target.
        bind: makes work of the function and arrays, converting those if need be.
        case: the case.
        arrays: what the function is called with.
    """
    derivation = case.derivation
    try:
        function = derivation.function(target, value=case.with_value)
    except UnknownNameError:
        return None
    return bind(function, arrays)


def forms_by_hand(case: Case) -> dict[str, Form]:
    """The closed forms in numpy, the formula among them, by name.

    Args:
        case: the case.
    """
    forms = dict(case.by_hand)
    if case.formula is not None and FORMULA not in case.without:
        forms[FORMULA] = partial(case.formula, NUMPY)
    return forms


def as_arrays(result: Any) -> tuple[Array, ...]:
    """What a contender returned, as a flat tuple of numpy arrays.

    Args:
        result: an array of any library, or nested tuples and lists of such.
    """
    if isinstance(result, (tuple, list)):
        return tuple(array for part in result for array in as_arrays(part))
    return (np.asarray(result),)


def _plain(function: Callable[..., Any], arrays: Arrays) -> Work:
    return partial(function, **arrays)


def _installed(library: type[Library]) -> Library | None:
    try:
        return library()
    except ImportError:
        return None
