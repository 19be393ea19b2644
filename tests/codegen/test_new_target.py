"""A code target is a writer, a file of helper functions, and a line in the table of targets."""

import math
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import pytest

from dimderiv import derive
from dimderiv.codegen import TARGETS
from dimderiv.codegen.targets import Writer
from dimderiv.errors import UnknownNameError

HELPERS = '''
import math
import toy

from dimderiv.codegen.targets.helpers.python_helpers import misfit


def floats(*arrays):
    """The arrays as vectors of the library."""
    return tuple(toy.Vector(array) for array in arrays)


def softmax(x):
    """Exponentials over their sum."""
    powers = toy.Vector(math.exp(entry - max(x)) for entry in x)
    return (1 / sum(powers)) * powers
'''


class Vector(list[float]):
    """What the library has: lists that are scaled and multiplied."""

    ndim = 1

    @property
    def shape(self) -> tuple[int]:
        """The number of entries."""
        return (len(self),)

    def __rmul__(self, number: float) -> "Vector":  # type: ignore[override]
        return Vector(number * entry for entry in self)

    def __matmul__(self, other: "Vector") -> float:
        return sum(a * b for a, b in zip(self, other, strict=True))


class ToyWriter(Writer):
    """Writes operations in a library that has vectors alone."""

    target = "toy"
    imports = "import toy"
    module = "toy"
    calls: ClassVar[Mapping[str, str]] = {}


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The target with its library, which is registered by one line."""
    library = ModuleType("toy")
    library.Vector = Vector  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "toy", library)
    file = tmp_path / "toy_helpers.py"
    file.write_text(HELPERS)
    monkeypatch.setattr(ToyWriter, "helper_file", str(file), raising=False)
    monkeypatch.setitem(TARGETS, "toy", f"{__name__}.ToyWriter")


def test_a_target_that_is_registered_has_code_that_runs() -> None:
    """Operators and helper functions are those of its library; nothing else is said of it."""
    found = derive("logsumexp(x)", "x", verify=False)
    product = derive("(a'x)^2", "x", verify=False)

    assert "    return softmax(x)" in found.code("toy").splitlines()
    assert [0.25, 0.75] == pytest.approx(found.function("toy")([0.0, math.log(3)]))
    assert [22.0, 44.0] == pytest.approx(product.function("toy")(a=[1.0, 2.0], x=[3.0, 4.0]))


def test_what_a_target_does_not_know_is_an_error_that_names_it() -> None:
    """Nobody said how it inverts a matrix."""
    with pytest.raises(UnknownNameError, match="there is no toy code for inv"):
        derive("logdet(A)", "A", verify=False).code("toy")
