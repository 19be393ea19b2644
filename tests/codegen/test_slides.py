# mypy: disable-error-code="no-untyped-call"
"""Results whose indices repeat or are sums of letters, and the arrays that they are made of."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from codegen.test_plan import body
from dense import Array
from verify.test_code_check import derived

from dimderiv import derive
from dimderiv.codegen.plan.slides import Slides
from dimderiv.codegen.targets.helpers.numpy_helpers import overlap_add, sheared
from dimderiv.graph.nodes import Index, Merged, Shifted
from dimderiv.language.shapes import Dim

# How far the letters 0 to 4 run.
COUNTS = (2, 3, 4, 5, 3)
RESULTS: list[tuple[Index, ...]] = [
    (Shifted((0, 1)),),
    (0, Shifted((0, 1))),
    (Shifted((1, 0)), 0),
    (Shifted((0, 1)), Shifted((2, 3))),
    (0, 2, Shifted((0, 1)), Shifted((2, 3))),
    (Shifted((0, 1)), Shifted((0, 2))),
    (Shifted((0, 1)), Shifted((2, 3)), Shifted((0, 4)), 2),
    (Shifted((0, 1, 2)),),
    (0, Shifted((0, 1, 2))),
    (0, 1, Shifted((0, 1))),
    (0, Shifted((0, 1)), 1, Shifted((1, 2))),
    (0, 0, Shifted((0, 1))),
    (Shifted((0, 1)), Shifted((1, 2)), 2),
    (Merged((0, 2)), Shifted((0, 1))),
    (Merged((0, 2)), Merged((2, 3)), 1),
]
SHAPES = "V: m x n; K: p x q; L: k x l; A: k x l; S: p x p symmetric; x: p"
# Answers that are index forms, or have such in them, and what else is asked.
CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("exp(conv2(V, K))", "V", {}),
    ("conv2(V, K)", "V,K", {}),
    ("conv2(V, x)", "V", {}),
    ("C = conv2(V, K); exp(C)", "V", {"inline": True}),
    ("D = diag(x); conv2(V, D)", "V", {}),
    ("D = inv(S); conv2(V, D)", "V", {}),
    ("sum(conv2(V, S).^2)", "V", {"order": 2}),
    ("sum(exp(conv2(V, K)))", "V,K", {"order": 2}),
    ("sum(conv2(V, K)) V", "V", {}),
    ("C = conv2(V, K); sum(conv2(relu(C), L).^2)", "V,K,L", {}),
    ("kron(A, conv2(V, K))", "V", {}),
    ("conv2(kron(A, V), K)", "V", {}),
    ("conv2(V, K)", "V,K", {"upstream": "G"}),
]


def places(result: Sequence[Index]) -> Iterator[tuple[int, ...]]:
    """The letters whose sum is the place along each axis, of merged axes one by one."""
    for index in result:
        if isinstance(index, Merged):
            yield from ((letter,) for letter in index.letters)
        else:
            yield index.letters if isinstance(index, Shifted) else (index,)


@pytest.mark.parametrize("result", RESULTS, ids=str)
def test_entries_come_where_the_indices_say(result: tuple[Index, ...]) -> None:
    """Sheared, put on diagonals and added up, each entry is where its letters add up to."""
    slides = Slides(result, [Dim.of(count) for count in COUNTS])
    distinct = list(dict.fromkeys(slides.letters))
    own = np.random.default_rng(3).normal(size=[COUNTS[letter] for letter in distinct])
    expected: Array = np.zeros([dim.evaluate({}) for dim in slides.added])
    core: Array = np.zeros([COUNTS[letter] for letter in slides.letters])
    for at in np.ndindex(own.shape):
        place = dict(zip(distinct, at, strict=True))
        core[tuple(place[letter] for letter in slides.letters)] = own[at]
        expected[tuple(sum(place[i] for i in each) for each in places(result))] += own[at]

    array = sheared(core, slides.pairs)
    spread: Array = np.zeros([dim.evaluate({}) for dim in slides.scattered])
    diagonal = np.einsum(spread, list(slides.pattern), range(array.ndim))
    diagonal[...] = array

    np.testing.assert_allclose(expected, overlap_add(spread, slides.groups))


@pytest.mark.parametrize(("expression", "wrt", "asked"), CASES)
def test_code_of_entries_agrees_with_the_answer(
    expression: str, wrt: str, asked: dict[str, Any]
) -> None:
    """What is written entry by entry is not read, and is checked as it is printed."""
    words = SHAPES.split("; ")
    shapes = "; ".join(each for each in words if each.split(":")[0] in expression)
    derivation = derived(expression, wrt, shapes, asked)
    derivation.code("numpy")

    assert min(check.points for check in derivation.code_checks.values()) > 1


@pytest.mark.parametrize(
    ("expression", "line"),
    [
        (
            "conv2(V, K)",
            "return sheared(np.full((m - p + 1, n - q + 1, p, q), K), ((0, 2), (1, 3)))",
        ),
        ("exp(conv2(V, K))", "return sheared(t1[:, :, None, None] * K, ((0, 2), (1, 3)))"),
    ],
)
def test_the_derivative_of_a_convolution_moves_its_kernel_on(expression: str, line: str) -> None:
    """By the image it has the kernel at every place, and zeros beside it."""
    code = derive(expression, "V", shapes="V: m x n; K: p x q", verify=False).code()

    assert line == code.splitlines()[-1].strip()


def test_names_of_the_answer_are_those_of_the_code() -> None:
    """Of intermediates, also where their derivative is written entry by entry."""
    lines = body(
        "C = conv2(V, K); R = relu(C); sum(conv2(R, L).^2)", "V,K,L", "V: m x n; K: p x q; L: k x l"
    )

    assert "C = conv2(V, K)" in lines
    assert "dC = conv2_full(t1, L)" in lines
    assert "return conv2_full(dC, K), conv2(V, dC), dL" in lines


def test_functions_of_the_user_are_written_out(tmp_path: Path) -> None:
    """Also in what is written entry by entry, which has them as they were derived."""
    file = tmp_path / "own.toml"
    file.write_text(
        '[cube]\nkind = "elementwise"\ndefinition = "x^3"\nderivative = "3 x^2"\n'
        'reference = "none"\ndomain = "all"\n'
    )
    found = derive("conv2(V, cube(K))", "V", shapes="V: m x n; K: p x q", rules=file)
    code = found.code()

    assert "t1 = K**2" in code
    assert "sheared(np.full((m - p + 1, n - q + 1, p, q), t1)" in code


def test_functions_that_are_declared_are_handed_in() -> None:
    """Also where only what is written entry by entry calls them."""
    shapes = "V: m x n; K: p x q; f: p x q -> scalar"
    found = derive("f(K) conv2(V, K)", "K", shapes=shapes)

    assert "def jacobian(K, V, f, grad_f):" in found.code()
