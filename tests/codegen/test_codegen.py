"""Generated numpy code against a literal evaluation of the same tree, and how it reads."""

import inspect
import keyword
import re
import traceback
from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from random import Random

import numpy as np
import pytest
from dense import Array, Dense
from plain_code import without_loops

from dimderiv import derive
from dimderiv.codegen.functions.loaded import function
from dimderiv.codegen.functions.module import source as module_source
from dimderiv.codegen.plan.plan import Plan
from dimderiv.codegen.targets.arguments import Arguments
from dimderiv.codegen.targets.identifiers import Identifiers
from dimderiv.codegen.targets.numpy import NumpyWriter
from dimderiv.codegen.targets.text import Text
from dimderiv.errors import UnknownNameError
from dimderiv.infer.typed import Typed, infer
from dimderiv.language.declarations import read_shapes
from dimderiv.language.declared import Declaration
from dimderiv.language.parser import parse_program
from dimderiv.language.shapes import Dim, Shape
from dimderiv.rulebook.rulebook import load_rules

RULES = load_rules()

SHAPES = {
    "A": "m x n",
    "B": "n x m",
    "X": "n x n",
    "Z": "n x n",
    "Q": "p x q",
    "C": "1 x m",
    "x": "n",
    "y": "n",
    "z": "m",
    "b": "1 x n",
    "s": "scalar",
    "t": "scalar",
    "c": "p",
}

# The sizes of these axes are products, which no text declares.
STACKED = {"f": ("m n", "1"), "g": ("1", "m n"), "M": ("m n", "p"), "S": ("m n", "m n")}

SIZES = {"m": 3, "n": 4, "p": 2, "q": 5}

CODE = {
    "2 A' (A x - z)": "return 2 * ((A @ x - z) @ A)",
    "A B A x": "return A @ (B @ (A @ x))",
    "(A B) (A x)": "return A @ (B @ (A @ x))",
    "x' B A X y": "return x @ (B @ (A @ (X @ y)))",
    "x' B A": "return (x @ B @ A)[None, :]",
    "x y'": "return outer(x, y)",
    "2 A x y' X": "return outer(2 * (A @ x), y @ X)",
    "x (y' X)": "return outer(x, y @ X)",
    "diag(x) B": "return x[:, None] * B",
    "A diag(x)": "return A * x",
    "diag(x) X diag(y)": "t1 = X * y; t1 *= x[:, None]; return t1",
    "diag(x) diag(y)": "return np.diag(x * y)",
    "(diag(x) + 2 I) X": "return (x + 2)[:, None] * X",
    "A' diag(z) A": "return A.T @ (A * z[:, None])",
    "diag(x) y": "return x * y",
    "inv(diag(x)) y": "return y / x",
    "ones(1, m) A": "return A.sum(axis=0)[None, :]",
    "A ones(n, 1)": "return A.sum(axis=1)",
    "X + x ones(1, n)": "return X + x[:, None]",
    "X + ones(n, 1) x'": "return X + x",
    "ones(n, n) X + Z": "return X.sum(axis=0) + Z",
    "sum(X, axis=1) + x": "return X.sum(axis=1) + x",
    "X - sum(X, axis=1)": "return X - X.sum(axis=1)[:, None]",
    "inv(X) y": "return np.linalg.solve(X, y)",
    "inv(X)' y": "return np.linalg.solve(X.T, y)",
    "x' inv(X) y": "return x @ np.linalg.solve(X, y)",
    "X - Z .* I": "t1 = X.copy(); t1.reshape(-1)[:: n + 1] -= Z.diagonal(); return t1",
    "X + 2 I": "t1 = X.copy(); t1.reshape(-1)[:: n + 1] += 2; return t1",
    "tr(A B)": "return np.vdot(A, B.T)",
    "tr(X' X)": "return np.vdot(X, X)",
    "tr(A x z')": "return A @ x @ z",
    "diag(A B)": 'return np.einsum("ij,ji->i", A, B)',
    "||x||": "return np.sqrt(x @ x)",
    "||x||^2": "return x @ x",
    "||A x||^2": "t1 = A @ x; return t1 @ t1",
    "X .* (X > 0)": "return X * (X > 0)",
    "2 A B": "return (2 * A) @ B",
    "-A x / t": "return -(A @ x) / t",
    "(x' y) A": "return (x @ y) * A",
    "sin(t) A B": "return (np.sin(t) * A) @ B",
    "logdet(X)": "return np.linalg.slogdet(X)[1]",
    "softmax(X) / n": "t1 = softmax(X, axis=1); t1 /= n; return t1",
    "K(m, n)' kron(A, B)": "return (A[:, :, None] * B[:, None, None, :]).reshape(m * n, m * n)",
    "2 K(m, n) vec(A)": "return (2 * A).reshape(m * n)",
    "diag(vec(A)) vec(B)": "return (A * B.T.reshape(m * n).reshape(n, m).T).T.reshape(m * n)",
}

EXPRESSIONS = [
    *CODE,
    *("b'", "b X", "b x", "x' X b'", "b + x'", "(b + x')' + y", "sum(A, axis=0) + b", "x b X"),
    *("2 sum(A, axis=0)'", "exp(sum(A, axis=0)) .* b", "b x x'", "x .* b", "x ./ b", "x - b"),
    *("A + z", "A .* x'", "A ./ (z + 1)", "s - A", "(A + 1) / s", "softmax(b) X", "vec(b)"),
    *(
        f"{name}({argument}{axis})"
        for name in ("sum", "mean", "max", "min", "logsumexp")
        for argument in ("A", "x", "b")
        for axis in ("", ", axis=0", ", axis=1")
    ),
    *(
        f"{name}({argument})"
        for name in (
            *("exp", "sqrt", "arctan", "abs", "sign", "relu", "sigmoid", "softplus"),
            *("erf", "gelu", "silu", "softmax", "logsoftmax", "norm1", "pinv", "vec"),
        )
        for argument in ("A", "x", "b", "x + y")
    ),
    *(f"{name}(X)" for name in ("det", "inv", "pinv", "expm", "tr", "diag")),
    *("inv(X) inv(X) x", "x' inv(X)", "X^-1 x", "X^-T x", "X^3", "X^0 + X", "X^1", "A pinv(A)"),
    *("ones(m, n)", "3 ones(m, 1)", "0 ones(m, n)", "ones(m, n) X", "x ones(1, m)", "eye(n)"),
    *("ones(1, n) ones(n, 1)", "ones(n, 1) ones(1, m)", "sum(x ones(1, m), axis=1)"),
    *("sum(x ones(1, m), axis=0)", "mean(x ones(1, m))", "tr(x ones(1, n))", "tr(X diag(x))"),
    *("tr(diag(x) X)", "tr(I + X)", "tr(diag(x))", "diag(diag(x))", "diag(x y')", "diag(X X')"),
    *("kron(x, y)", "kron(x, b)", "kron(b, b)", "kron(x, A)", "kron(A, Q)", "kron(s, A)"),
    *("-(x > 0.5) .* y / s", "-diag(x > 0.5) X", "-(A > 0.5) .* A", "-(A > 0.5) .* (B' > 0.5)"),
    *("A > 0.5", "(A > 0.5) .* (B' > 0.5)", "A (x > 0.5)", "s > 0.5", "2 (x >= 0.5) - 1"),
    *("max(A, B')", "min(A, x')", "max(x, 0.5)", "max(s, 0.5)", "min(m, 3) x", "max(2, 3) x"),
    *("min(exp(x), n) / max(s, t)", "max(b, max(A, 1) - B') .* A", "max(X, I)", "max(y > x, y)"),
    *("||X||_*", "||x - y||^3", "||s||", "A .^ 2", "2 .^ x", "s^t", "(-s)^2", "-s^2", "x/3"),
    *("(2 x)' (3 X) y", "((A x) (y' X))'", "(s A)' z", "(A B) (A B) z", "s (A B) / t"),
    *(
        "-2 A (x - y) (z' A)",
        "-(A x)",
        "x' (-X) y",
        "-(2 X) Z",
        "((2 X) (t Z))'",
        "((2 X) Z)' (-Z) X",
    ),
    *("X .* I", "(X .* I) y", "I - x x'", "m n + s", "pi s", "sin(pi s) A", "1/3 x", "0.1 x"),
    *("conv2(Q, Q)", "cross_entropy(A, softmax(A))", "cross_entropy(x, softmax(y))"),
    *("cross_entropy(b, softmax(b))", "x' (vector(1) + y)", "A + matrix(2)", "eye(n) x"),
    *("log(exp(-y .* (X x)) + vector(1))", "Z1 = A x; w = Z1' A; w w' + sum(Z1)"),
    *("D = diag(x); D X D", "D = diag(x .* y); D + X", "D = inv(X); D x + D y"),
    *("D = X + 2 I; K = b + D; sum(K, axis=0) + b", "H = ones(n, 1) s; X H", "u = x; u + u"),
    *("softmax(X) .* (1 - softmax(X))", "(x' X x) / (x' x) - (x' X x)^2", "inv(X)' x y' inv(X)'"),
    *("K(m, n)", "K(m, n) vec(A)", "commutation(n, m)' f", "kron(A, B) K(m, n)", "K(2, 3)"),
    *("-2 K(m, n) M", "M' K(m, n)", "g K(m, n)", "g K(m, n)'", "f' K(m, n) f", "K(1, n) X"),
    *("s M' K(m, n)' M", "K(m, n) + I", "K(m, n)' K(m, n) M", "inv(K(m, n)) M", "K(m, n).^2"),
    *("tr(K(m, n) S)", "diag(K(m, n))", "sum(K(m, n), axis=0)", "mean(K(m, n), axis=1)"),
    *("sum(K(m, n))", "K(m, n) S K(m, n)", "inv(S) K(m, n)", "K(m, n) inv(S)", "K(m, n)^3"),
    *("K(m, n) diag(f)", "diag(f) K(m, n)'", "diag(vec(A)) M", "vec(A) vec(B)'", "diag(vec(A))"),
    *("P = K(m, n); P M + P' M + P f", "P = K(m, n); P", "P = K(m, n); -P", "kron(K(m, n), x)"),
    *("K(m, n) .* S", "exp(K(m, n))", "K(m, n) ones(m n, 1)"),
]


def typed(text: str, symbols: dict[str, Declaration]) -> Typed:
    """A program with its shapes."""
    sizes = {name for found in symbols.values() for dim in found.shape for name in dim.names}
    program = parse_program(text, names=[*symbols, *sorted(sizes)])
    return infer(program, symbols, rulebook=RULES)


def source(text: str | Sequence[str], value: str | None = None, **shapes: str) -> str:
    """The source of the function `gradient` for one answer or several."""
    symbols = read_shapes(shapes or SHAPES)
    answers = [typed(part, symbols) for part in ([text] if isinstance(text, str) else text)]
    first = typed(value, symbols) if value else None
    return module_source("numpy", "gradient", first, answers, symbols, docstring="The derivative.")


def lines(text: str) -> list[str]:
    """The plain lines of the function after its docstring and the check of its arguments."""
    text = without_loops(text)
    body = text[text.index("def gradient") :]
    return re.split(r"misfit\(.*?\)\n(?=    \w)", body, maxsplit=1, flags=re.S)[1].split("\n")[:-1]


def body(text: str) -> list[str]:
    """The lines without comments, after those that read sizes and rows off the arguments."""
    bare = [line.partition("  # ")[0].strip() for line in lines(text)]
    return [line for line in bare if not re.search(r"= \w+(\.shape(\[\d\])?|\[0\])$", line)]


def drawn(symbols: dict[str, Declaration], sizes: dict[str, int]) -> dict[str, Array]:
    """A 2-D array for each symbol; square ones are far from singular."""
    generator = np.random.default_rng(7)
    values = {}
    for name, found in symbols.items():
        rows, cols = (dim.evaluate(sizes) for dim in found.shape)
        values[name] = generator.uniform(0.2, 1.2, (rows, cols))
        if rows == cols > 1:
            values[name] += np.eye(rows)
    return values


def passed(values: dict[str, Array], symbols: dict[str, Declaration]) -> dict[str, Array | float]:
    """The arguments as a caller has them: numbers, 1-D columns, rows `(1, C)`, matrices."""
    arguments: dict[str, Array | float] = {}
    for name, array in values.items():
        shape = symbols[name].shape
        plain = float(array[0, 0]) if shape.is_scalar else array
        arguments[name + "_" * keyword.iskeyword(name)] = array[:, 0] if shape.is_column else plain
    return arguments


def declared() -> dict[str, Declaration]:
    """All symbols of the tables of this file."""
    stacked = {
        name: Declaration(Shape(*(prod_of(size) for size in sizes)))
        for name, sizes in STACKED.items()
    }
    return read_shapes(SHAPES) | stacked


def prod_of(size: str) -> Dim:
    """A product of dimensions."""
    return reduce(Dim.__mul__, (Dim.of(1 if name == "1" else name) for name in size.split()))


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_code_computes_what_the_tree_says(text: str) -> None:
    """The value and the axes are those of a literal evaluation with two axes everywhere."""
    symbols = declared()
    program = typed(text, symbols)
    values = drawn(symbols, SIZES)
    expected = Dense(program, values, SIZES).run()
    shape = program.value
    expected = expected[:, 0] if shape.is_column else expected
    expected = expected.reshape(()) if shape.is_scalar else expected

    code = module_source("numpy", "gradient", None, [program], symbols, docstring="The derivative.")
    result = function(code, "gradient")(**passed(values, symbols))

    assert np.shape(np.squeeze(expected) if np.ndim(result) == 1 else expected) == np.shape(result)
    np.testing.assert_allclose(np.reshape(result, expected.shape), expected, rtol=1e-10)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("text", EXPRESSIONS)
def test_every_plan_computes_what_the_tree_says(text: str, seed: int) -> None:
    """Whatever sizes the code is planned for, it has the same value at others."""
    symbols = declared()
    program = typed(text, symbols)
    values = drawn(symbols, SIZES)
    planned = Random(seed)
    sizes = {name: planned.choice([2, 10, 100, 3000]) for name in SIZES}

    code = module_source("numpy", "gradient", None, [program], symbols, docstring="", sizes=sizes)
    result = function(code, "gradient")(**passed(values, symbols))

    expected = Dense(program, values, SIZES).run()
    np.testing.assert_allclose(np.reshape(result, expected.shape), expected, rtol=1e-10)


@pytest.mark.parametrize(("text", "expected"), CODE.items())
def test_code_is_what_a_person_writes(text: str, expected: str) -> None:
    """Products are ordered and scaled the cheap way, and columns stay 1-D."""
    assert expected == "; ".join(body(source(text)))


@pytest.mark.parametrize(
    ("answer", "value", "of", "wrt"),
    [
        ("K(m, n)", "X'", "n x m", "m x n"),
        ("kron(B', A) K(p, n)", "A X' B", "m x q", "p x n"),
        ("diag(vec(C))", "X .* C", "m x n", "m x n"),
    ],
)
def test_a_derivative_has_the_axes_of_both(answer: str, value: str, of: str, wrt: str) -> None:
    """Stacked and merged axes are those of the value and then of the variable."""
    sizes = {"X": wrt, "A": "m x n", "B": "p x q", "C": "m x n"}
    symbols = {name: Declaration(Shape(*map(prod_of, sizes[name].split(" x ")))) for name in sizes}
    shapes = [Shape(*map(prod_of, text.split(" x "))) for text in (of, wrt)]
    arguments = {name: drawn(symbols, SIZES)[name] for name in symbols}
    code = module_source(
        "numpy",
        "gradient",
        None,
        [typed(answer, symbols)],
        symbols,
        docstring="",
        of=[shapes[0]],
        wrt=shapes[1:],
    )

    result = function(code, "gradient")(**arguments)

    # The values are linear, so a difference along each entry is the derivative.
    start = Dense(typed(value, symbols), arguments, SIZES).run()
    expected = np.zeros((*start.shape, *arguments["X"].shape))
    for place in np.ndindex(*arguments["X"].shape):
        moved = arguments["X"].copy()
        moved[place] += 1
        ahead = Dense(typed(value, symbols), {**arguments, "X": moved}, SIZES).run()
        expected[(..., *place)] = ahead - start
    expected = expected.reshape([dim.evaluate(SIZES) for s in shapes for dim in s.axes])
    np.testing.assert_allclose(result, expected, atol=1e-12)


@pytest.mark.parametrize(
    "text", ["K(m, n) kron(A, B)", "vec(A)' K(n, m)", "P = K(m, n); P' vec(B)"]
)
def test_no_permutation_matrix_is_built_for_a_product(text: str) -> None:
    """A commutation matrix puts rows or columns in another order."""
    assert "np.eye" not in source(text)


@pytest.mark.parametrize("text", ["diag(x) B", "A diag(x)", "D = diag(x); D X D", "diag(x) y"])
def test_no_diagonal_matrix_is_built_for_a_product(text: str) -> None:
    """A diagonal factor scales rows or columns."""
    assert "np.diag" not in source(text)
    assert "np.eye" not in source(text)


def test_the_whole_source_of_least_squares() -> None:
    """The function checks its arguments, names what repeats and returns value and gradient."""
    text = source("2 X' (X w - y)", "||X w - y||^2", X="m x n", w="n", y="m")

    assert [
        "    m, n = X.shape",
        "    t1 = X @ w - y  # m",
        "    return t1 @ t1, 2 * (t1 @ X)",
    ] == lines(text)
    assert [
        "    if not (",
        "        type(X) is type(w) is type(y) is np.ndarray",
        "        and X.dtype is w.dtype is y.dtype",
        '        and X.dtype.kind == "f"',
        "    ):",
        "        X, w, y = floats(X, w, y)",
        "    if X.shape != y.shape + w.shape or w.ndim != 1 or y.ndim != 1:",
        '        raise misfit(X=(X, "m", "n"), w=(w, "n"), y=(y, "m"))',
    ] == text.split("\n")[-20:-12]
    assert [
        "    if m * n > 2097152 and n < 4096:",
        "        value = 0  # scalar",
        "        t1 = np.zeros(n, X.dtype)  # n",
        "        for rows in blocks(m, n):",
        "            t2 = X[rows] @ w - y[rows]  # rows",
        "            value += t2 @ t2",
        "            t1 += t2 @ X[rows]",
        "        return value, 2 * t1",
    ] == text.split("\n")[-11:-3]
    assert '"""The derivative."""' in text


def test_definitions_are_shared_between_answers() -> None:
    """What several answers define alike is computed once; what nobody uses is left out."""
    net = "S = X W + b; H = relu(S); U = 2 H; "
    text = source(
        [net + "H' G", net + "sum(G .* H, axis=0)"], X="N x D", W="D x P", b="1 x P", G="N x P"
    )

    assert [
        "S = X @ W",
        "S += b",
        "H = np.maximum(S, 0, out=S)",
        'return H.T @ G, np.einsum("ij,ij->j", G, H)[None, :]',
    ] == body(text)


def test_different_definitions_of_one_name_are_kept_apart() -> None:
    """Answers may use a name for different things."""
    text = source(["H = exp(x); H + H", "H = 2 x; H + H"], x="n")

    assert ["    H = np.exp(x)  # n", "    H_ = 2 * x  # n", "    return 2 * H, 2 * H_"] == lines(
        text
    )


def test_value_comes_before_a_tuple_of_derivatives() -> None:
    """With a value and several answers the derivatives are a tuple of their own."""
    made = function(source(["y", "x"], "x' y", x="n", y="n"), "gradient")

    value, (by_x, by_y) = made(x=np.array([1.0, 2.0]), y=np.array([3.0, 4.0]))

    assert 11 == value
    assert [3, 4] == by_x.tolist()
    assert [1, 2] == by_y.tolist()


def test_keywords_get_an_underscore() -> None:
    """A symbol that Python reserves can still be passed by name."""
    made = function(source("2 lambda x", **{"lambda": "scalar", "x": "n"}), "gradient")

    assert [2, 4] == made(lambda_=1, x=[1, 2]).tolist()


def test_names_that_the_code_needs_are_not_taken_by_symbols() -> None:
    """A definition called `np` or `softmax1` does not hide a module or a helper."""
    text = source("np = exp(x); checked = np + 1; sum(exp(checked) .* np)", x="n")

    made = function(text, "gradient")

    assert np.exp(np.exp(1) + 1) * np.e == pytest.approx(made(x=np.ones(1)))


@pytest.mark.parametrize("name", ["np", "type", "floats", "misfit", "blocks", "float", "n", "t1"])
@pytest.mark.parametrize("target", ["numpy", "jax", "torch", "array_api"])
def test_what_the_code_needs_gives_way_to_symbols(name: str, target: str) -> None:
    """A symbol that has the name of a helper, a module or a builtin is passed by that name."""
    pytest.importorskip({"array_api": "array_api_strict"}.get(target, target))
    derivation = derive(f"||A {name} - y||^2", name, shapes=f"{name}: n; A: m x n; y: m")
    parameters = list(inspect.signature(derivation.function(target)).parameters)

    assert ["A", name, "y"] == parameters
    if target == "numpy":
        arrays = {"A": np.eye(3), name: np.ones(3), "y": np.zeros(3)}
        assert [2, 2, 2] == derivation.function("numpy")(**arrays).tolist()


def test_temporaries_avoid_symbols() -> None:
    """What repeats is called `t1` unless that is a symbol."""
    text = source("exp(t1) .* (1 - exp(t1))", t1="n")

    assert ["    t2 = np.exp(t1)  # n", "    return t2 * (1 - t2)"] == lines(text)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ({"w": (4,)}, "w has shape (4,), expected (n,) with n = 3 from X"),
        ({"X": (3,)}, "X has shape (3,), expected (m, n)"),
        ({"y": (2, 1)}, "y has shape (2, 1), expected (m,) with m = 2 from X"),
        ({"b": (5,)}, "b has shape (5,), expected (1, C)"),
        ({"b": (2, 5)}, "b has shape (2, 5), expected (1, C)"),
        ({"Z": (3, 2)}, "Z has shape (3, 2), expected (n, n) with n = 3 from X"),
        ({"K": (2, 6)}, "K has shape (2, 6), expected (m, 7) with m = 2 from X"),
        ({"r": (1,)}, "r has shape (1,), expected ()"),
    ],
)
def test_a_wrong_shape_is_named(shapes: dict[str, tuple[int, ...]], message: str) -> None:
    """The message says which symbol is wrong and which one fixed the size."""
    declarations = {"X": "m x n", "w": "n", "y": "m", "b": "1 x C", "Z": "n x n", "K": "m x 7"}
    right = {"X": (2, 3), "w": (3,), "y": (2,), "b": (1, 5), "Z": (3, 3), "K": (2, 7), "r": ()}
    made = function(source("X w", **declarations, r="scalar"), "gradient")
    made(**{name: np.ones(shape) for name, shape in right.items()})

    with pytest.raises(ValueError, match=r".*") as caught:
        made(**{name: np.ones(shape) for name, shape in (right | shapes).items()})

    assert message == str(caught.value)


def test_computed_sizes_are_checked_after_those_they_come_from() -> None:
    """An axis such as `H - K + 1` is checked against the sizes of other arguments."""
    valid = Shape(Dim.of("H") - Dim.of("k") + Dim.of(1), Dim.of("W") - Dim.of("l") + Dim.of(1))
    symbols = {
        "G": Declaration(valid, frozenset(), ""),
        **read_shapes({"V": "H x W", "K": "k x l"}),
    }
    answer = typed("sum(G .* conv2(V, K))", symbols)
    made = function(module_source("numpy", "f", None, [answer], symbols, docstring="A sum."), "f")
    assert 24 == made(V=np.ones((4, 6)), K=np.ones((2, 3)), G=np.ones((3, 4))) / 3

    with pytest.raises(ValueError, match=re.escape("with H - k + 1 = 3 and W - l + 1 = 4")):
        made(V=np.ones((4, 6)), K=np.ones((2, 3)), G=np.ones((3, 5)))


def test_a_size_that_no_argument_has_is_handed_in() -> None:
    """A number that cannot be read off a shape is an argument, and checked where it can be."""
    symbols = read_shapes({"x": "n"})
    shape = Shape(Dim.of("n") * Dim.of("m"), Dim.of(1))
    symbols |= {"z": Declaration(shape, frozenset(), "")}
    program = typed("m n + sum(x) + sum(z)", symbols)
    made = function(module_source("numpy", "f", None, [program], symbols, docstring=""), "f")

    assert 6 + 3 + 6 == made(x=np.ones(3), z=np.ones(6), m=2)
    with pytest.raises(ValueError, match=re.escape("expected (m n,) with m n = 9")):
        made(x=np.ones(3), z=np.ones(6), m=3)


def test_a_size_beside_a_number_is_read_off() -> None:
    """An axis of `m + 1` says what `m` is."""
    symbols = {"Z": Declaration(Shape(Dim.of("n"), Dim.of("m") + Dim.of(1)), frozenset(), "")}
    program = typed("m sum(Z)", symbols)
    made = function(module_source("numpy", "f", None, [program], symbols, docstring=""), "f")

    assert 3 * 8 == made(Z=np.ones((2, 4)))


def test_numbers_and_integers_are_accepted() -> None:
    """Python numbers and integer arrays are as good as arrays of floats."""
    made = function(source("s x.^-2 + s", s="scalar", x="n"), "gradient")

    assert [3, 2.25] == made(s=2, x=[2**0.5, 8**0.5]).round(12).tolist()
    assert [4, 2.5] == made(s=2, x=np.array([1, 2])).tolist()


def test_single_precision_is_kept() -> None:
    """Arrays of 32-bit floats are not widened."""
    made = function(source("2 A' (A x) .* (x > 0)", A="m x n", x="n"), "gradient")

    assert np.float32 == made(A=np.ones((2, 3), "f4"), x=np.ones(3, "f4")).dtype


def test_a_constant_derivative_is_a_number_of_numpy() -> None:
    """A derivative that depends on no argument is still 0-D."""
    made = function(source("2", s="scalar"), "gradient")

    assert np.shape(made(s=1.0)) == ()
    assert isinstance(made(s=1.0), np.float64)


@pytest.mark.parametrize(
    ("text", "argument", "expected"),
    [
        ("sum(softmax(x))", [1000.0, 0.0], 1),
        ("sum(logsoftmax(x))", [1000.0, 0.0], -1000),
        ("logsumexp(x)", [1000.0, 1000.0], 1000 + np.log(2)),
        ("sum(sigmoid(x))", [-700.0, 700.0], 1),
        ("sum(softplus(x))", [-800.0, 800.0], 800),
        ("sum(silu(x))", [-800.0, 800.0], 800),
        ("cross_entropy(x, x > 0)", [-2000.0, 1.0], 0),
    ],
)
def test_large_arguments_do_not_overflow(text: str, argument: list[float], expected: float) -> None:
    """Exponentials are shifted, so no warning turns into an error."""
    made = function(source(text, x="n"), "gradient")

    assert expected == pytest.approx(made(x=argument))


def test_the_matrix_exponential_of_a_large_matrix() -> None:
    """Scaling and squaring keeps the precision of a rotation by many turns."""
    made = function(source("expm(X)", X="n x n"), "gradient")

    turned = made(X=np.array([[0.0, -100.0], [100.0, 0.0]]))

    assert np.cos(100) == pytest.approx(turned[0, 0], abs=1e-11)


def test_a_traceback_shows_the_generated_line() -> None:
    """The source of the function is known to tracebacks."""
    made = function(source("inv(X) x", X="n x n", x="n"), "gradient")

    with pytest.raises(np.linalg.LinAlgError) as caught:
        made(X=np.zeros((2, 2)), x=np.ones(2))

    assert "return np.linalg.solve(X, x)" in [
        frame.line for frame in traceback.extract_tb(caught.tb)
    ]


def test_a_library_that_is_not_installed_is_named() -> None:
    """Code can be written for a target that cannot run here; its function says what it needs."""
    with pytest.raises(ImportError, match="this code needs nowhere, which is not installed"):
        function("import nowhere\n", "gradient")


def test_only_used_helpers_are_printed() -> None:
    """A helper brings those it uses, and nothing else."""
    text = source("silu(x)", x="n")

    assert ["misfit", "floats", "sigmoid", "sigmoid_of_minus", "silu", "gradient"] == re.findall(
        r"^def (\w+)", text, re.M
    )
    assert "import math" not in text
    assert "import math" in source("erf(x)", x="n")


def test_a_function_without_code_is_named() -> None:
    """A function that numpy code is not known for is an error, not a guess."""
    plan = Plan({})
    writer = NumpyWriter(Arguments({}, Identifiers([])), str, {})

    with pytest.raises(UnknownNameError, match="there is no numpy code for airy"):
        writer.written(plan.make("airy"), [])
    with pytest.raises(UnknownNameError, match="there is no numpy code for airy"):
        writer.written(plan.map("airy", plan.number(1)), [Text("1")])


USER_RULES = """
[swish]
kind = "elementwise"
definition = "x / (1 + exp(-2 x^2))"
derivative = "x"
reference = "none"

[spread]
kind = "composite"
signature = "A, B -> Y"
definition = "sum((A - mean(A)).^2) / tr(B' B)"
reference = "none"
"""


def test_functions_of_a_rule_file_are_written_where_they_are_called(tmp_path: Path) -> None:
    """An elementwise formula works on arrays, a composite one on its arguments."""
    file = tmp_path / "mine.toml"
    file.write_text(USER_RULES, encoding="utf-8")
    rulebook = load_rules(file)
    symbols = read_shapes({"x": "n", "y": "n"})
    program = parse_program(
        "swish(x) / spread(x, y)", names=["x", "y"], functions=rulebook.functions
    )
    answer = infer(program, symbols, rulebook=rulebook)

    text = module_source("numpy", "f", None, [answer], symbols, docstring="", rulebook=rulebook)

    assert [
        "t1 = x - x.sum() / n",
        "return (y @ y) / (t1 @ t1) * x * sigmoid(2 * x**2)",
    ] == body(text.replace("def f(", "def gradient("))


def test_a_docstring_of_several_lines_is_indented_and_escaped() -> None:
    """The caller's text stands in the function as it is."""
    symbols = read_shapes({"x": "n"})
    doc = 'The gradient of """x""" \\ y.\n\nOne line more.'
    text = module_source("numpy", "f", None, [typed("x", symbols)], symbols, docstring=doc)

    assert (
        doc.split("\n")
        == [line.strip() for line in str(function(text, "f").__doc__).split("\n")][:3]
    )


def laid_out(text: str, of: str, wrt: str, values: dict[str, Array]) -> Array:
    """What the function returns for a derivative of a value by a variable of these shapes."""
    symbols = read_shapes({"A": "p x m", "B": "n x q", "Q": "p x q", "b": "1 x n", "x": "n"})
    symbols = {name: symbols[name] for name in values}
    sides = read_shapes({"v": of, "w": wrt})
    program = typed(text, symbols)
    made = module_source(
        "numpy",
        "f",
        None,
        [program],
        symbols,
        docstring="",
        of=[sides["v"].shape],
        wrt=[sides["w"].shape],
    )
    result: Array = function(made, "f")(**values)
    return result


@pytest.mark.parametrize(
    ("text", "of", "wrt", "expected"),
    [
        ("Q", "p", "1 x q", (2, 1, 5)),
        ("Q", "1 x p", "q", (1, 2, 5)),
        ("Q", "1 x p", "1 x q", (1, 2, 1, 5)),
        ("b", "1 x n", "scalar", (1, 4)),
        ("x", "scalar", "n", (4,)),
        ("sum(x)", "scalar", "scalar", ()),
    ],
)
def test_derivatives_have_the_axes_of_value_and_variable(
    text: str, of: str, wrt: str, expected: tuple[int, ...]
) -> None:
    """An axis of size 1 of a row is kept, whichever side it comes from."""
    values = {"Q": np.ones((2, 5)), "b": np.ones((1, 4)), "x": np.ones(4)}

    result = laid_out(text, of, wrt, values)

    assert expected == np.shape(result)


def test_stacked_columns_are_taken_apart() -> None:
    """The Kronecker form of the derivative of `A X B` by `X` becomes an array of four axes."""
    a = np.arange(1.0, 7).reshape(2, 3)
    b = np.arange(1.0, 21).reshape(4, 5)

    result = laid_out("kron(B', A)", "p x q", "m x n", {"A": a, "B": b})

    np.testing.assert_allclose(result, np.einsum("ik,lj->ijkl", a, b))
