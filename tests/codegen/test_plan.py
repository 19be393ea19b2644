"""Plans: what is shared, in which order products are taken, which of equal forms is chosen."""

import re
import tracemalloc
from itertools import combinations

import numpy as np
import pytest
from plain_code import without_loops

from dimderiv import derive
from dimderiv.codegen.plan.operations import reachable
from dimderiv.codegen.plan.plan import Plan, Tensor, entrywise_product
from dimderiv.codegen.plan.regimes import LARGE, MEDIUM, SMALL, Sizes, regimes
from dimderiv.language.shapes import ONE, Dim

M, N = Dim.of("m"), Dim.of("n")


def body(
    expression: str, wrt: str, shapes: str | None = None, *, value: bool = False, order: int = 1
) -> list[str]:
    """The statements of the generated function, without comments and what reads sizes."""
    found = derive(expression, wrt, shapes=shapes, order=order, verify=False)
    source = without_loops(found.code(value=value))
    source = source[source.index("Hessian of" if order == 2 else "Gradient of") :]
    text = re.split(r"misfit\(.*?\)\n(?=    \w)", source, maxsplit=1, flags=re.S)[1]
    lines = [line.partition("  # ")[0][4:] for line in text.rstrip().split("\n")]
    return [line for line in lines if not re.search(r"= \w+(\.shape(\[\d\])?|\[0\])$", line)]


def test_equal_operations_are_one_object() -> None:
    """What two results need is computed once."""
    plan = Plan({})
    first, second = (plan.symbol("A", (M, N)) for _ in range(2))

    assert first is second
    assert plan.map("exp", first) is plan.map("exp", second)


def test_a_transpose_of_a_transpose_is_the_array() -> None:
    """Orders of axes are put together."""
    plan = Plan({})
    a = plan.symbol("A", (M, N))

    assert a is plan.transposed(plan.transposed(a, (1, 0)), (1, 0))


def test_a_product_with_its_own_transpose_is_symmetric() -> None:
    """Its transpose is not taken, and it costs half."""
    plan = Plan({"m": 1000, "n": 1000})
    a = plan.symbol("A", (M, N))
    gram = plan.matmul(plan.transposed(a, (1, 0)), a, (N, N))
    other = plan.matmul(plan.transposed(a, (1, 0)), plan.symbol("B", (M, N)), (N, N))

    assert gram is plan.transposed(gram, (1, 0))
    assert plan.extra_cost(gram) < 0.6 * plan.extra_cost(other)


def test_axes_that_are_missing_are_left_to_broadcasting() -> None:
    """A column needs another axis, a row does not."""
    plan = Plan({})
    v = Tensor(plan.symbol("v", (M,)), (0,))

    assert (M, ONE) == plan.aligned(v, (0, 1)).dims
    assert v.op is plan.aligned(v, (1, 0))


def test_what_stands_below_the_line_is_divided_by() -> None:
    """`x` times `1 / y` is one division."""
    plan = Plan({})
    x, y = (Tensor(plan.symbol(name, (M,)), (0,)) for name in "xy")

    quotient = entrywise_product(plan, x, y._replace(below=True), (0,))

    assert "/" == quotient.op.function
    assert not quotient.below


def test_operations_come_before_those_that_need_them() -> None:
    """Each once, also where it is needed twice."""
    plan = Plan({})
    x = plan.symbol("x", (M,))
    e = plan.map("exp", x)
    total = plan.map("+", e, plan.map("sin", e))

    assert ["input", "exp", "sin", "+"] == [op.function or op.kind for op in reachable([total])]


def test_regimes_vary_one_size_at_a_time() -> None:
    """All medium first, so that this plan is preferred."""
    alone, _ = regimes(["n", "m"])

    assert [
        {"m": MEDIUM, "n": MEDIUM},
        {"m": SMALL, "n": MEDIUM},
        {"m": LARGE, "n": MEDIUM},
        {"m": MEDIUM, "n": SMALL},
        {"m": MEDIUM, "n": LARGE},
    ] == alone
    assert ([{"n": MEDIUM}], []) == regimes(["n"])
    assert 30 == Sizes({"m": 5, "n": 6}).entries((M, N))


@pytest.mark.parametrize("count", [3, 5, 7])
def test_small_and_large_sizes_come_together_in_every_way(count: int) -> None:
    """What depends on three sizes is seen; of very many, some are alike."""
    names = [f"n{k}" for k in range(count)]
    _, together = regimes(names)

    assert len(together) == len(regimes([f"n{k}" for k in range(40)])[1]) or count < 4
    for three in combinations(names, 3):
        assert 8 == len({tuple(sizes[name] for name in three) for sizes in together})


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes", "expected"),
    [
        ("sum(A B x)", "x", "A: m x k; B: k x n", ["return A.sum(axis=0) @ B"]),
        ("x'A x", "x", None, ["return A @ x + x @ A"]),
        ("tr(X^4)", "X", None, ["t1 = X @ X @ X", "t1 *= 4", "return t1.T"]),
        ("tr(X^5)", "X", None, ["t1 = X @ X", "t2 = t1 @ t1", "t2 *= 5", "return t2.T"]),
        ("logdet(S)", "S", "S: n x n spd", ['return cholesky_inv(cholesky(S, "S"))']),
        (
            *("x' inv(S) x", "x", "S: n x n spd"),
            ['return 2 * cholesky_solve(cholesky(S, "S"), x)'],
        ),
        ("tr(A B)", "A", None, ["return B.T"]),
        ("sum(A .* (x y'))", "x", None, ["return A @ y"]),
        ("a' diag(x) B c", "x", None, ["return a * (B @ c)"]),
        # What the closed form `(A B C + C' B' A') x` would form is not there for the other one.
        (
            *("x' A B C x", "x", "A: m x 40; B: 40 x 40; C: 40 x m"),
            ["return A @ (B @ (C @ x)) + x @ A @ B @ C"],
        ),
    ],
)
def test_the_cheapest_form_is_taken(
    expression: str, wrt: str, shapes: str | None, expected: list[str]
) -> None:
    """Association, distribution, squaring, solving, scaling by vectors."""
    assert expected == body(expression, wrt, shapes)


def test_where_the_best_form_depends_on_sizes_the_function_chooses() -> None:
    """A factorization of low rank needs no product of the size of the data."""
    lines = body("||U V' - T||^2", "U", "U: m x r; V: n x r")

    assert ["if m * n < m * r + n * r:", "    t1 = U @ V.T"] == lines[:2]
    assert "dU = U @ (V.T @ V)" in lines
    made = derive("||U V' - T||^2", "U", shapes="U: m x r; V: n x r", verify=False).function()
    generator = np.random.default_rng(3)
    for m, n, r in ((30, 20, 2), (3, 2, 40)):
        u, v, t = (generator.normal(size=size) for size in ((m, r), (n, r), (m, n)))
        np.testing.assert_allclose(made(U=u, V=v, T=t), 2 * (u @ v.T - t) @ v, atol=1e-11)


def test_sizes_that_are_known_leave_one_plan() -> None:
    """What is best at the given sizes is written, and takes other sizes too."""
    found = derive("||U V' - T||^2", "U", shapes="U: m x r; V: n x r", verify=False)
    low = found.code(sizes={"m": 1000, "n": 1000, "r": 5})
    high = found.code(sizes={"m": 10, "n": 10, "r": 500})

    assert "U @ (V.T @ V)" in low
    assert "U @ V.T" in high
    assert not any("if m" in text for text in (low, high))
    made = found.function(sizes={"m": 1000, "n": 1000, "r": 5})
    u, v, t = np.ones((2, 3)), np.ones((4, 3)), np.ones((2, 4))
    np.testing.assert_allclose(made(U=u, V=v, T=t), 2 * (u @ v.T - t) @ v)


def test_value_and_gradients_share_the_forward_pass() -> None:
    """The residual is computed once, and the large temporary is overwritten."""
    assert [
        "t1 = U @ V.T",
        "t1 -= T",
        "dU = t1 @ V",
        "dU *= 2",
        "dV = t1.T @ U",
        "dV *= 2",
        "return np.vdot(t1, t1), (dU, dV)",
    ] == body("||U V' - T||^2", "U,V", value=True)


def test_weights_that_are_not_negative_go_into_both_factors() -> None:
    """One product of a matrix with its transpose takes half the time."""
    lines = body("sum(softplus(X w))", "w", order=2)

    assert any("np.sqrt(" in line for line in lines)
    assert "return t1.T @ t1" in [line.replace("t2", "t1") for line in lines]
    assert not any("sqrt" in line for line in body("sum((X w).^3)", "w", order=2))


def test_a_transpose_has_another_name() -> None:
    """Where what is solved for is the transpose of an intermediate, its variable says so."""
    lines = body("P = A inv(B + C); sum(P .* P)", "A")

    assert "P_T = lu_solve(t1, A.T, transposed=True)" in lines
    made = derive("P = A inv(B + C); sum(P .* P)", "A", verify=False).function()
    generator = np.random.default_rng(1)
    a, b = generator.normal(size=(2, 3)), generator.normal(size=(3, 3))
    inverse = np.linalg.inv(b + np.eye(3))
    np.testing.assert_allclose(made(A=a, B=b, C=np.eye(3)), 2 * a @ inverse @ inverse.T)


def test_a_hessian_of_many_zeros_is_written_on_its_diagonal() -> None:
    """No product with an identity matrix is formed."""
    lines = body("||U V' - T||^2", "U", "U: m x r; V: n x r", order=2)

    assert 'np.einsum("ijik->ijk", H_UU)[...] = t1' in lines
    assert not any("np.eye" in line or "np.kron" in line for line in lines)


@pytest.mark.parametrize(
    ("expression", "wrt", "sizes"),
    [
        ("softmax(x)", "x", {"x": (40,)}),
        ("||U V' - T||^2", "U", {"U": (30, 2), "V": (20, 2), "T": (30, 20)}),
        (
            "A = softmax(Q K'); sum(G .* (A V))",
            "Q",
            {
                "Q": (40, 3),
                "K": (50, 3),
                "V": (50, 4),
                "G": (40, 4),
            },
        ),
    ],
)
def test_no_temporary_is_larger_than_what_is_given_named_or_returned(
    expression: str, wrt: str, sizes: dict[str, tuple[int, ...]]
) -> None:
    """Every array that is allocated is at most as large as the largest of them."""
    found = derive(expression, wrt, verify=False)
    made = found.function()
    arguments = {name: np.ones(size) for name, size in sizes.items()}
    made(**arguments)
    named = 40 * 50 if "A =" in expression else 0
    largest = 8 * max(made(**arguments).size, named, *(a.size for a in arguments.values()))

    tracemalloc.start()
    made(**arguments)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 5 * largest + 10_000


def test_a_hessian_is_added_up_in_one_array() -> None:
    """What makes its diagonals lies in no array of that size."""
    made = derive("cross_entropy(S, Y)", "S", order=2, verify=False).function()
    arguments = {"S": np.ones((20, 15)), "Y": np.full((20, 15), 1 / 15)}
    tracemalloc.start()
    size = made(**arguments).nbytes
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 1.5 * size


def test_a_deep_net_is_planned_statement_by_statement() -> None:
    """Hundreds of named layers need no deep recursion, and a few lines each."""
    depth = 400
    layers = "; ".join(f"H{k + 1} = tanh(W{k} H{k})" for k in range(depth))
    shapes = {f"W{k}": "n x n" for k in range(depth)} | {"H0": "n"}
    found = derive(f"{layers}; sum(H{depth})", "W0", shapes=shapes, verify=False)

    source = found.code(value=True)

    assert f"H{depth} = np.tanh(W{depth - 1} @ H{depth - 1})" in source
    assert len(source.splitlines()) < 8 * depth
