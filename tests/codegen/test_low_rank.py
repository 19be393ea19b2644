"""The matrix inversion lemma in code: the same values, and nothing as large as the matrix."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from dimderiv import derive
from dimderiv.codegen.plan import programs
from dimderiv.derivation.derivation import Derivation

SHAPES = {"W": "d x q", "S": "d x d symmetric", "s": "scalar positive", "y": "d", "a": "scalar"}
SHAPES |= {"t": "scalar", "V": "d x q", "G": "d x d"}
SIZES = {"d": 1000, "q": 20}
COVARIANCE = "C = W W' + s eye(d); "
PROGRAMS = [
    (f"{COVARIANCE}a logdet(C) + tr(inv(C) S)", "W,s", 1),
    (f"{COVARIANCE}logdet(C) + y' inv(C) y", "W,s,y", 1),
    (f"{COVARIANCE}P = inv(C); r = P y; r' r + tr(P S)", "W,s", 1),
    (f"{COVARIANCE}y' inv(C) y + logdet(C)", "s", 2),
    ("M = W W'; C = a^2 M + exp(t) eye(d); logdet(C) + y' inv(C) V V' inv(C) y", "W,a,t", 1),
    ("sum(inv(W W' + s eye(d)).^2 .* G)", "s,G", 1),
    ("tr(inv(s eye(d) + 2 W W')) + sum(exp(inv(s eye(d) + 2 W W') y))", "s", 1),
    ("sum(tanh(inv(W W' + s eye(d)) V))", "W,V", 1),
    ("L = logdet(W W' + s eye(d)); L^2 + exp(L / 100)", "W", 1),
]


def arrays(d: int, q: int) -> dict[str, Any]:
    """Values of the symbols; of the matrix all eigenvalues are about as large."""
    generator, axes = np.random.default_rng(d), {"d": d, "q": q}
    found = dict[str, Any]()
    for name, shape in SHAPES.items():
        extents = [axes[axis] for axis in shape.split() if axis in axes]
        found[name] = generator.normal(size=extents) / 3 if extents else np.array(0.7)
    found["S"] = found["S"] + found["S"].T
    return found


@pytest.fixture
def jax_in_64_bits() -> Iterator[None]:
    """Numbers of jax as those of the others, while a test runs."""
    jax = pytest.importorskip("jax")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def derived(program: tuple[str, str, int]) -> tuple[Derivation, list[str]]:
    """The derivatives of a program, and its symbols."""
    expression, wrt, order = program
    words = re.findall(r"\w+", expression)
    shapes = {name: each for name, each in SHAPES.items() if name in words}
    return derive(expression, wrt, shapes=shapes, order=order, verify=False), [*shapes]


@pytest.mark.parametrize("program", PROGRAMS)
def test_code_by_the_lemma_has_the_same_values(
    program: tuple[str, str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of whatever size the arrays are, where it was made for others too."""
    found, names = derived(program)
    small, looking = found.function(sizes=SIZES), found.function()
    monkeypatch.setattr(programs, "by_small_systems", lambda *_: None)
    plain = found.function(sizes=SIZES)

    for d, q in ((9, 2), (3, 5), (4, 4)):
        given = {name: each for name, each in arrays(d, q).items() if name in names}
        wanted = values(plain(**given))
        assert_equal(values(small(**given)), wanted)
        assert_equal(values(looking(**given)), wanted)


@pytest.mark.parametrize("target", ["jax", "torch", "array_api_strict"])
@pytest.mark.parametrize("program", [PROGRAMS[0], PROGRAMS[4]])
@pytest.mark.usefixtures("jax_in_64_bits")
def test_code_of_other_targets_has_the_same_values(
    program: tuple[str, str, int], target: str
) -> None:
    """The plans are the same."""
    library = pytest.importorskip("jax.numpy" if target == "jax" else target)
    found, names = derived(program)
    given = {name: each for name, each in arrays(9, 2).items() if name in names}
    made = {name: library.asarray(each) for name, each in given.items()}
    function = found.function(target.removesuffix("_strict"), sizes=SIZES)

    assert_equal(values(function(**made)), values(found.function(sizes=SIZES)(**given)))


def assert_equal(found: Sequence[Any], wanted: Sequence[Any]) -> None:
    """Refuse arrays that are not the same, but for the last digits."""
    for one, other in zip(found, wanted, strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, rtol=1e-8, atol=1e-9)


def values(result: Any) -> list[Any]:
    """The arrays that a function returned."""
    several = result if isinstance(result, tuple) else (result,)
    return [
        each
        for one in several
        for each in (values(one) if isinstance(one, tuple) else [np.asarray(one)])
    ]


def test_nothing_is_as_large_as_the_matrix() -> None:
    """Of the likelihood, by sizes that are known and by those that are given."""
    expression, wrt, _ = PROGRAMS[0]
    found = derive(expression, wrt, shapes=SHAPES, verify=False)
    known, given = found.code(sizes=SIZES), found.code()

    assert "d x d" not in known[known.index("misfit(W") :].replace('S=(S, "d", "d")', "")
    assert "W @ W.T" in given
    assert "W.T @ W" in given


def test_a_determinant_that_may_be_negative_is_left() -> None:
    """Its logarithm would be that of a scalar of which nothing is known."""
    shapes = {"W": "d x q", "b": "scalar"}
    found = derive("logdet(W W' + b eye(d)) / b", "b", shapes=shapes, verify=False)

    assert "log(b)" not in found.code(sizes=SIZES, value=True)


def test_a_square_matrix_is_left() -> None:
    """Both systems are of one size."""
    shapes = {"A": "n x n", "s": "scalar positive", "y": "n"}
    found = derive("y' inv(A A' + s eye(n)) y", "y", shapes=shapes, verify=False)

    assert "A.T @ A" not in found.code()
