"""Evaluation in blocks of rows: it computes what plain code does, where and how it is done."""

import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from plain_code import without_loops

from dimderiv import Derivation, derive
from dimderiv.codegen.blocks.blocks import Blocking, blockings
from dimderiv.codegen.blocks.choice import Choice, best_blocking, cut_arrays
from dimderiv.codegen.functions import loaded, module
from dimderiv.codegen.plan.details import Along, Pattern
from dimderiv.codegen.plan.operations import Operation
from dimderiv.codegen.plan.plan import Plan
from dimderiv.language.shapes import ONE, Dim

Array = np.ndarray
LEAST_SQUARES = ("||X w - y||^2", "w", "X: m x n, w: n, y: m")
CASES = {
    "least squares": LEAST_SQUARES,
    "columns": ("||X' w - y||^2", "w", "X: n x m, w: n, y: m"),
    "ridge": ("||X w - y||^2 + c ||w||^2", "w", "X: m x n, w: n, y: m, c: scalar"),
    "logistic": ("sum(softplus(-y .* (X w)))", "w", "X: m x n, w: n, y: m"),
    "Poisson": ("sum(exp(X w)) - y' X w", "w", "X: m x n, w: n, y: m"),
    "softmax": ("cross_entropy(X W + b, Y)", "W,b", "X: m x n, W: n x c, b: 1 x c, Y: m x c"),
    "Gaussian": (
        "Z = X - a; -m logdet(S) / 2 - sum((Z inv(S)) .* Z) / 2",
        "a,S",
        "X: m x n, a: 1 x n, S: n x n spd",
    ),
    "attention": (
        "A = softmax(Q K' / sqrt(d)); sum(G .* (A V))",
        "Q,K,V",
        "Q: m x d, K: n x d, V: n x d, G: m x d",
    ),
    "self-attention": ("sum(softmax(X X') X)", "X", "X: m x n"),
    "batch norm": (
        "Z = X - mean(X, axis=0); v = mean(Z.^2, axis=0); sum(G .* (Z ./ sqrt(v + e)))",
        "X",
        "X: m x n, e: scalar, G: m x n",
    ),
    "layer norm": (
        "Z = X - mean(X, axis=1); v = mean(Z.^2, axis=1); sum(G .* (Z ./ sqrt(v + e) .* g))",
        "X,g",
        "X: m x n, e: scalar, G: m x n, g: 1 x n",
    ),
    "quadratic form": ("x' A x", "x", "x: n, A: n x n"),
    "a form of a sum": ("||A + A'||^2 + x' A x", "A", "x: n, A: n x n"),
    "Gram": ("||X X' - S||^2", "X", "X: m x n, S: m x m"),
    "distances": (
        "D = sum(X.^2, axis=1) - 2 X C' + sum(C.^2, axis=1)'; sum(W .* exp(-D))",
        "C",
        "X: m x n, C: c x n, W: m x c",
    ),
    "two loops": ("r = X w - y; sum((X' (r / ||r||)).^2)", "w", "X: m x n, w: n, y: m"),
    "net": (
        "H = relu(X W + a); cross_entropy(H V + b, Y)",
        "W,a,V,b",
        "X: m x n, W: n x h, a: 1 x h, V: h x c, b: 1 x c, Y: m x c",
    ),
    "a diagonal": ("sum(diag(x) B)", "x", "x: n, B: n x m"),
}
SIZES = [
    {"m": 7, "n": 4, "c": 3, "d": 5, "h": 6},
    {"m": 1, "n": 3, "c": 2, "d": 2, "h": 2},
    {"m": 5, "n": 5, "c": 5, "d": 5, "h": 5},
]
USUAL = dict.fromkeys("mncdh", 100)


def derived(expression: str, wrt: str, shapes: str) -> Derivation:
    """A derivation, not checked."""
    declared = dict(part.split(": ") for part in shapes.split(", "))
    return derive(expression, wrt, shapes=declared, verify=False)


def source(found: Derivation, blocking: Blocking | None, *, value: bool = False) -> str:
    """The code with a loop, whether it is worth it or not, over blocks of two rows at any size."""

    def chosen(outputs: Sequence[Operation], *_: Any) -> Choice | None:
        return None if blocking is None else Choice(same(outputs, blocking), ONE, ONE, 1.0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "best_blocking", chosen)
        text = found.code(value=value, sizes=USUAL)
    return text.replace("max(16, 65536 // max(1, width))", "2")


def same(outputs: Sequence[Operation], blocking: Blocking) -> Blocking:
    """The blocking of another plan for the same programs that cuts the same array."""
    place = blocking.source.detail, blocking.cut
    return next(b for b in blockings(outputs) if (b.source.detail, b.cut) == place)


def ways(found: Derivation, *, value: bool = False) -> list[Blocking]:
    """Every way in which blocks can be taken."""
    made: list[Blocking] = []

    def noted(outputs: Sequence[Operation], *_: Any) -> None:
        made.extend(blockings(outputs))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "best_blocking", noted)
        found.code(value=value, sizes=USUAL)
    return list({(b.source.detail, b.cut): b for b in made}.values())


def called(found: Derivation, text: str, arrays: Mapping[str, Array]) -> list[Array]:
    """What generated code returns, as a flat list."""
    name = text.rpartition("\ndef ")[2].partition("(")[0]
    made: Callable[..., Any] = loaded.function(text, name)
    return flat(made(**arrays))


def flat(result: Any) -> list[Array]:
    """Nested tuples of arrays as a list."""
    if isinstance(result, tuple):
        return [array for part in result for array in flat(part)]
    return [np.asarray(result)]


def drawn(shapes: str, sizes: Mapping[str, int], dtype: str = "float64") -> dict[str, Array]:
    """An array for each symbol; matrices that are said to be so are positive definite."""
    generator = np.random.default_rng(3)
    arrays = {}
    for part in shapes.split(", "):
        name, text = part.split(": ")
        axes = [a for a in text.removesuffix(" spd").split(" x ") if a != "scalar"]
        array = generator.uniform(0.2, 1.0, [sizes.get(a) or int(a) for a in axes])
        array = array @ array.T + np.eye(len(array)) if "spd" in text else array
        arrays[name] = np.asarray(array, dtype)
    return arrays


@pytest.mark.parametrize("value", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_blocks_compute_what_plain_code_does(case: str, value: bool) -> None:
    """Whichever array is cut: with several blocks, a short last one, one row, and equal sizes."""
    found = derived(*CASES[case])
    plain = source(found, None, value=value)
    blocked = [source(found, way, value=value) for way in ways(found, value=value)]

    assert blocked
    for sizes in SIZES:
        arrays = drawn(CASES[case][2], sizes)
        expected = called(found, plain, arrays)
        before = {name: array.copy() for name, array in arrays.items()}
        for text in blocked:
            assert "for rows in blocks(" in text
            for mine, theirs in zip(called(found, text, arrays), expected, strict=True):
                np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-9)
        for name, array in arrays.items():
            np.testing.assert_array_equal(before[name], array)


@pytest.mark.parametrize("case", CASES)
def test_single_precision_stays(case: str) -> None:
    """Sums over blocks have the type of the arguments."""
    found = derived(*CASES[case])
    arrays = drawn(CASES[case][2], SIZES[0], "float32")

    for way in ways(found, value=True):
        results = called(found, source(found, way, value=True), arrays)

        assert {"float32"} == {str(array.dtype) for array in results}


def test_the_body_is_what_a_person_writes() -> None:
    """A block is read once for both products; what is summed has the name of the derivative."""
    code = derived(*LEAST_SQUARES).code()
    lines = code.split("\n")
    start = next(k for k, line in enumerate(lines) if "2097152" in line)

    assert [
        "    if m * n > 2097152 and n < 4096:",
        "        dw = np.zeros(n, X.dtype)  # n",
        "        for rows in blocks(m, n):",
        "            dw += (X[rows] @ w - y[rows]) @ X[rows]",
    ] == lines[start : start + 4]
    assert "2097152" not in without_loops(code)


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes"),
    [
        ("x' y", "x", "x: n, y: n"),
        ("||x||", "x", "x: n"),
        ("tr(X^4)", "X", "X: n x n"),
        ("logdet(A)", "A", "A: n x n"),
        ("sum(exp(X) .* Y)", "X", "X: m x n, Y: m x n"),
        ("sum(X A B)", "A", "X: m x n, A: n x n, B: n x n"),
    ],
)
def test_no_loop_is_written_where_it_does_not_pay(expression: str, wrt: str, shapes: str) -> None:
    """Where nothing is read twice, or nothing is summed, or products take all the time."""
    assert "for rows in" not in derived(expression, wrt, shapes).code()


@pytest.mark.parametrize(
    ("sizes", "is_blocked"),
    [
        ({"m": 100_000, "n": 100}, True),
        ({"m": 100, "n": 100}, False),
        ({"m": 9, "n": 10**6}, False),
    ],
)
def test_with_known_sizes_only_the_better_code_is_written(
    sizes: dict[str, int], is_blocked: bool
) -> None:
    """Neither a condition nor the other form remains."""
    code = derived(*LEAST_SQUARES).code(sizes=sizes)

    assert is_blocked is ("for rows in" in code)
    assert 1 == code.rpartition("\ndef ")[2].count("\n    return ")


def test_an_axis_along_which_entries_are_coupled_is_not_cut() -> None:
    """A softmax, an inverse or a maximum needs the whole axis at once."""
    plan = Plan({})
    a = plan.symbol("A", (Dim.of("n"), Dim.of("n")))
    kinds = [
        plan.make("softmax", (a,), a.dims, Along((1,))),
        plan.make("inv", (a,), a.dims),
        plan.reduced(a, "max", (1,)),
        plan.make("diagonal", (a,), a.dims[:1], Pattern((0, 0))),
    ]

    ways = [[(w.cut, len(w.axes)) for w in blockings([kind])] for kind in kinds]

    assert [[(0, 1)], [], [(0, 1)], []] == ways


def test_an_array_may_be_used_whole_and_in_blocks() -> None:
    """In a quadratic form a block of rows meets the whole vector, and a block of it."""
    code = derived(*CASES["quadratic form"]).code()

    assert "A[rows] @ x" in code
    assert "x[rows] @ A[rows]" in code


def test_what_needs_a_sum_comes_after_its_loop() -> None:
    """Variances are known after one loop, the gradient after another."""
    found = derived(*CASES["batch norm"])
    rows = next(w for w in ways(found) if w.cut == 0)

    assert rows.loops > 1
    assert {Dim.of("m")} == {dims[0] for dims in cut_arrays(rows)}
    assert rows.loops == source(found, rows).count("for rows in blocks(")


def test_no_temporary_grows_with_the_long_axis() -> None:
    """A loop holds blocks, sums, and nothing of the length of the data."""
    sizes = {"n": 60_000, "d": 20, "c": 10}
    shapes = "X: n x d, W: d x c, Y: n x c"
    found, arrays = derived("cross_entropy(X W, Y)", "W", shapes), drawn(shapes, sizes)
    made = found.function()
    made(**arrays)

    tracemalloc.start()
    made(**arrays)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 0.4 * arrays["X"].nbytes


def test_a_loop_needs_sizes_that_can_be_read() -> None:
    """Where no argument tells how many rows there are, there is no loop."""
    plan = Plan({})
    m, n = Dim.of("m"), Dim.of("n")
    x, w = plan.symbol("X", (m, n)), plan.symbol("w", (n,))
    score = plan.matmul(x, w, (m,))
    gradient = plan.matmul(score, x, (n,))

    assert best_blocking([gradient], {"n"}) is None
    assert best_blocking([gradient], {"m", "n"}) is not None
