"""Code is read as what it computes: against its meaning, against NumPy, and what is refused."""

import ast
import tomllib
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy

from dimderiv import derive
from dimderiv.errors import DimderivError, ParseError, ShapeError
from dimderiv.language import Declaration, read_shapes
from dimderiv.rulebook import load_rules
from dimderiv.sources import Reading, read_code, source_of
from dimderiv.sources.code.scope import axes_declared

RULES = load_rules()
CASES: list[dict[str, str]] = tomllib.loads(
    Path(__file__).with_name("code.toml").read_text(encoding="utf-8")
)["case"]
READ = [case for case in CASES if "means" in case]
REFUSED = [case for case in CASES if "refused" in case]
OTHER_LIBRARIES = ("torch", "jnp", "jax", "F.")
SIZES = (3, 4, 5, 2, 6, 7)
STEP = 1e-5
Values = dict[str, Any]


def reading(code: str, shapes: str | None = None) -> Reading:
    """A piece of code as it is read."""
    return read_code(code, declared=read_shapes(shapes), rulebook=RULES)


def shapes_of(read: Reading, shapes: str | None) -> dict[str, str]:
    """The shapes of all symbols."""
    given = {name: each.text for name, each in read_shapes(shapes).items()}
    return {**read.declared, **given}


def name_of(case: Mapping[str, str]) -> str:
    """The name of a case."""
    return case.get("name") or case["code"]


@pytest.mark.parametrize("case", READ, ids=name_of)
def test_code_is_derived_as_what_it_means(case: dict[str, str]) -> None:
    """The derivative of code is that of its meaning, letter by letter."""
    shapes, upstream = case.get("shapes"), case.get("upstream")
    read = reading(case["code"], shapes)

    derived = derive(
        read.program,
        case["wrt"],
        shapes=shapes_of(read, shapes),
        upstream=upstream,
        verify=False,
    )
    meant = derive(case["means"], case["wrt"], shapes=shapes, upstream=upstream, verify=False)
    assert str(derived) == str(meant)


@pytest.mark.parametrize("case", REFUSED, ids=name_of)
def test_what_is_not_read_is_refused(case: dict[str, str]) -> None:
    """The message says what is not read, and the place in the code."""
    with pytest.raises(DimderivError) as refused:
        reading(case["code"], case.get("shapes"))

    assert case["refused"] in refused.value.message
    assert refused.value.source == case["code"]
    assert refused.value.span is not None


def sampled(symbols: Mapping[str, Declaration], seed: int) -> Values:
    """An array of NumPy for each symbol, and a number for each size."""
    random = np.random.default_rng(seed)
    names = {name for each in symbols.values() for dim in each.shape for name in dim.names}
    names |= {name for each in symbols.values() if each.labels for name in each.labels.names}
    sizes = dict(zip(sorted(names), SIZES, strict=False))
    found: Values = dict(sizes)
    for name, each in symbols.items():
        full = tuple(dim.evaluate(sizes) for dim in each.shape)
        shape = full[: axes_declared(each)]
        if each.labels is not None:
            found[name] = random.integers(0, each.labels.evaluate(sizes), shape)
            continue
        entries = random.standard_normal(shape)
        is_positive = not shape or "positive" in each.properties
        found[name] = np.abs(entries) + 0.5 if is_positive else entries
        if "spd" in each.properties:
            found[name] = entries @ entries.T + np.eye(full[0])
    return found


def value_of(code: str, values: Values) -> np.ndarray[Any, Any]:
    """What Python computes."""
    scope: Values = {"np": np, "scipy": scipy, **values}
    tree = ast.parse(code)
    last = tree.body[-1]
    if isinstance(last, ast.Expr):
        tree.body[-1] = ast.Assign([ast.Name("value", ast.Store())], last.value)
    exec(compile(ast.fix_missing_locations(tree), "code", "exec"), scope)
    value = scope["value"] if isinstance(last, ast.Expr) else scope[last.name]  # type: ignore[attr-defined]
    if callable(value):
        count = value.__code__.co_argcount
        value = value(*[values[name] for name in value.__code__.co_varnames[:count]])
    return np.asarray(value, dtype=float)


def numeric(code: str, name: str, values: Values, weights: Any) -> np.ndarray[Any, Any]:
    """The derivative by central differences, weighted where the value is an array."""
    base = np.asarray(values[name], dtype=float)
    found = np.zeros_like(base)
    for place in np.ndindex(base.shape):
        step = np.zeros_like(base)
        step[place] = STEP
        high, low = (value_of(code, {**values, name: base + each}) for each in (step, -step))
        found[place] = np.sum(weights * (high - low)) / (2 * STEP)
    return found


def agree(code: str, wrt: str, shapes: str | None = None) -> None:
    """The value and the gradient of code are those that our own code computes."""
    read = reading(code, shapes)
    known = shapes_of(read, shapes)
    values = sampled(read_shapes(known), zlib.crc32(code.encode()))
    expected = value_of(code, values)
    weights = np.random.default_rng(1).standard_normal(expected.shape)
    is_array = expected.size > 1
    weights = weights if is_array else np.ones_like(weights)

    upstream = "G_up" if is_array else None
    derived = derive(read.program, wrt, shapes=known, upstream=upstream, verify=False)
    given = {name: values[name] for name in derived.shapes if name in values}
    given = {n: v[:, 0] if np.ndim(v) == 2 and v.shape[1] == 1 else v for n, v in given.items()}
    given |= {"G_up": weights} if is_array else {}
    value, gradient = derived.function("numpy", value=True)(**given)
    np.testing.assert_allclose(value, np.squeeze(expected), rtol=1e-7)
    np.testing.assert_allclose(
        np.squeeze(gradient), np.squeeze(numeric(code, wrt, values, weights)), rtol=1e-4, atol=1e-6
    )


NUMPY = [case for case in READ if not any(each in case["code"] for each in OTHER_LIBRARIES)]


@pytest.mark.parametrize("case", NUMPY, ids=name_of)
def test_numpy_computes_the_same(case: dict[str, str]) -> None:
    """Code of NumPy has the value and the gradient that our own code has."""
    agree(case["code"].strip("\n"), case["wrt"].split(",")[0], case.get("shapes"))


SNIPPETS = """
X.std(axis=1) @ v | X
np.var(x, ddof=1) | x
np.linalg.norm(X, axis=0, keepdims=True).sum() | X
np.linalg.norm(x, np.inf) | x
np.diag(np.diag(A)).sum() | A
np.linalg.multi_dot([A, B, x]) @ y | B
(x[:, None] * y[None, :]).sum(0) @ z | x
np.outer(x, y)[0] @ y | x
X[1:, :2].sum() | X | X: 4 x 3
X.reshape(-1) @ y | X | X: m x n; y: (m n)
np.concatenate([X, Y], axis=1) @ w @ v | X | X: m x n; Y: m x p; w: (n + p); v: m
np.stack([x, y], axis=1) @ np.array([1, 2]) | x
np.where(X > b, X, b).sum() | b | X: m x n; b: n
np.cumsum(X, axis=0).sum() | X
(X - X.mean(0)) / X.std(0) | X | X: m x n
x @ W + b | b
W @ x + b | x
scipy.special.softmax(X, axis=0) | X
scipy.special.logsumexp(X, axis=0) @ v | X
np.einsum('bij,bjk->bik', A, B) | A
(T @ x).sum() | x | T: b x m x n; x: n
T.sum(axis=(0, 2)) @ y | T | T: b x m x n; y: m
T.transpose(0, 2, 1) @ U | T | T: b x m x n; U: b x m x p
T + b | b | T: N x m x n; b: n
T[:, 1, :] | T | T: b x m x n
((X[:, None, :] - T.mean(-1, keepdims=True))**2).sum() | T | X: m x n; T: m x k x n
T.var(-1).sum() | T | T: n x m x k
np.linalg.norm(X[:, None] - Y[None], axis=-1).sum() | X | X: m x d; Y: n x d
-x @ A @ -x | x
(A + 0.1 * np.eye(A.shape[0])) @ x @ y | x
sum(X) @ y | X
E[y].sum() | E | E: V x d; y: n labels V
y - X @ w | w | y: n x 1; X: n x d; w: d
"""
PIECES = [line.split(" | ") for line in SNIPPETS.strip().splitlines()]


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece[0])
def test_each_rule_of_numpy_holds(piece: list[str]) -> None:
    """Broadcasting, axes, 1-D arrays, slices and stacks compute what NumPy computes."""
    code, wrt, *shapes = piece
    agree(code, wrt, shapes[0] if shapes else None)


@pytest.mark.parametrize(
    ("code", "text", "assumed"),
    [
        ("lam * np.sum(w**2)", "lam sum(w.^2)", "lam: scalar"),
        ("np.sum((X @ w + b - y)**2)", "sum((X w + b - y).^2)", "b: scalar"),
        ("np.sum((W @ x + b)**2)", "sum((W x + b).^2)", "b: m"),
        ("np.sum((X @ W - Y)**2) / N", "sum((X W - Y).^2) / N", "N is a number; a 2-D array"),
        ("1 / (1 + np.exp(-(w @ x + b)))", "1 / (1 + exp(-(w' x + b)))", "w: n"),
        ("x * np.sum(y)", "x sum(y)", "x: m"),
        ("X @ w - Y", "X w - Y", "Y is a 1-D array; a 2-D array would fit too"),
        ("np.sum((a - n)**2)", "sum((a - n).^2)", "n: m"),
        ("(X - X.mean(0)).T @ X / (n - 1)", "(X - mean(X, axis=0))' X / (n - 1)", "n: scalar"),
        ("mask * (R - U @ V.T)**2", "mask .* (R - U V').^2", "mask: m x n"),
        ("K + s**2 * np.eye(len(y)) - np.outer(y, y)", "K + s^2 eye(n) - y y'", "K: n x n"),
        ("T.sum(axis=2)", "[i,j] T[i,j,k]", "T: m x n x p"),
        ("Q @ K.transpose(0, 2, 1)", "Q @ permute(K, 0, 2, 1)", "K: p x q x n"),
        ("F @ x", "F x", "F: m x n"),
    ],
)
def test_axes_come_from_use_and_from_habits(code: str, text: str, assumed: str) -> None:
    """What nobody declares has as many axes as people would give it, and that is said."""
    read = reading(code)

    assert read.text == text
    assert any(told.startswith(assumed) for told in read.assumptions)
    assert read.program.assumptions == read.assumptions


@pytest.mark.parametrize(
    ("code", "declared"),
    [
        ('def f(X: Float[Array, "n d"], w): return X @ w', {"X": "n x d", "w": "d"}),
        ('def f(x: "n", lam: float): return lam * x @ x', {"x": "n", "lam": "scalar"}),
        ("def f(x, c=0.1): return c * np.sum(x)", {"x": "n", "c": "scalar"}),
        ("def f(X):\n    '''X: (n, d) array'''\n    return X.sum()", {"X": "n x d"}),
        (
            "def f(X):\n    '''Args:\n    X : ndarray\n        of shape (n_samples, 3)\n    '''\n"
            "    return X.sum()",
            {"X": "n_samples x 3"},
        ),
    ],
)
def test_code_tells_shapes(code: str, declared: dict[str, str]) -> None:
    """Annotations, defaults and docstrings declare shapes."""
    assert reading(code).declared == declared


def test_names_are_those_of_the_text_wherever_they_may() -> None:
    """A name that is assigned again gets a number, and one that is a function another name."""
    code = "h = np.tanh(W @ x)\nh = np.tanh(V @ h)\nmean = h.mean()\nmean * lambda_"

    text = "h = tanh(W x); h_2 = tanh(V h); mean_1 = mean(h_2); mean_1 lambda"
    assert reading(code).text == text


def test_functions_of_the_text_are_read_where_they_are_called() -> None:
    """A function that another one calls is put in its place."""
    code = """
def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def loss(w, X):
    return np.sum(sigmoid(X @ w))
"""
    assert reading(code).text == "sum(1 ./ (1 + exp(-X w)))"


@pytest.mark.parametrize(
    ("code", "text", "said"),
    [
        ('X @ params["w"]', "X w", 'params["w"] is w'),
        ("x @ self.W + self.b", "W' x + b", "self.W is W"),
        ("W, b = params\nW @ x + b", "W x + b", "params has W, b"),
    ],
)
def test_collections_of_parameters_are_taken_apart(code: str, text: str, said: str) -> None:
    """What a dictionary, a tuple or a module holds are symbols, and that is said."""
    read = reading(code)

    assert read.text == text
    assert said in read.assumptions


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("((X[:, None, :] - Z[None])**2).sum(-1)", "[i,j] (X[i,k] - Z[j,k])^2"),
        ("np.abs(x[:, None, None] - Y[None]).sum()", "sum(([i,j,k] abs(x[i] - Y[j,k])))"),
        ("(x[:, None, None] - Y[None]) * np.sum(A * B)", "[i,j,k] (x[i] - Y[j,k]) sum(A .* B)"),
        ("scipy.stats.norm.logpdf(x, 0, 1)", "-x.^2 / 2 - log(1) - log(2 pi) / 2"),
        ("torch.linalg.norm(A, 2)", "sqrt(eigmax(A' A))"),
        ("torch.norm(A, 2)", "||A||"),
        ("F.layer_norm(x, (d,))", "(x - mean(x)) ./ sqrt(var(x) + 0.00001)"),
    ],
)
def test_what_was_read_is_shown_as_people_write_it(code: str, text: str) -> None:
    """Letters where matrices do not reach, and no defaults that change nothing."""
    assert reading(code).text == text


def test_nothing_is_run() -> None:
    """What code would do besides computing arrays is not done."""
    with pytest.raises(ParseError, match=r"os\.system is not read"):
        reading("os.system('exit')")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("scipy.special.softmax(k, axis=1)", "an axis of size 1 is not read"),
        ("np.diag(k)", "an axis of size 1 is not read"),
        ("np.cumsum(r, axis=0)", "does not conform"),
        ("np.squeeze(X, axis=0)", "the axis that is left out has not size 1"),
        ("x.item()", "there is more than one entry"),
        ("np.vdot(k, r)", "does not conform"),
        ("np.hstack([X, x])", "the same number of axes"),
        ("(F.one_hot(l, 3) * G).sum()", "C"),
    ],
)
def test_what_another_shape_would_make_of_it_is_refused(code: str, message: str) -> None:
    """The language takes a column for one row as a whole, and NumPy does not."""
    with pytest.raises(ShapeError, match=message):
        reading(code, "k: n x 1; r: 1 x n; X: m x n; x: n; l: n labels C; G: n x C")


def test_a_misfit_shows_its_place_in_the_code() -> None:
    """Spans are places in the text that was given, in whichever line it stands."""
    code = "  def f(X, w):\n      r = X @ w\n      return (r + 1) @ w\n"
    with pytest.raises(ShapeError, match="does not conform") as refused:
        reading(code, "X: m x n; w: n")

    assert refused.value.span is not None
    assert code[slice(*refused.value.span)] == "(r + 1) @ w"


WEIGHT = 0.5


def penalty(w: Any) -> Any:
    """A function that another one calls."""
    return WEIGHT * w @ w


def loss(X: Any, w: Any, y: Any) -> Any:
    """X: (n, d)."""
    return np.sum((X @ w - y) ** 2) + penalty(w) + scipy.special.logsumexp(w)


def test_a_function_comes_with_what_it_uses() -> None:
    """Libraries under their names there, numbers, and functions of the same file."""
    read = reading(source_of(loss))

    assert read.text == "sum((X w - y).^2) + (0.5 w)' w + logsumexp(w)"
    assert read.declared == {"X": "n x d", "w": "d", "y": "n"}


def test_a_lambda_is_cut_out_of_its_line() -> None:
    """Whatever stands around it in the line."""
    functions = [lambda x, A: x @ A @ x, 2]

    assert reading(source_of(functions[0])).text == "x' A x"  # type: ignore[arg-type]


def test_a_function_without_source_is_refused() -> None:
    """Those that are built in have none."""
    with pytest.raises(ParseError, match="does not know the source of len"):
        source_of(len)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("c = 2\ndef f(x):\n    return c * x @ x", "(2 x)' x"),
        ("f = lambda x: np.sum(x)\nf(y**2)", "sum(y.^2)"),
        ("def f(x):\n    return x @ x\nnp.exp(f(y))", "exp(y' y)"),
        ("sign, ld = np.linalg.slogdet(A)\nld", "ld = logdet(A)"),
        (
            "w, V = np.linalg.eigh(A)\nnp.sum(np.log(w))",
            "w = eigvals(A); V = eigvecs(A); sum(log(w))",
        ),
        ("jnp.linalg.eigvalsh(A) @ g", "eigvals(A)' g"),
        ("torch.linalg.svdvals(A) @ g", "svdvals(A)' g"),
        ("np.linalg.svd(A)[1] @ g", "svdvals(A)' g"),
        ("scipy.linalg.svd(A, compute_uv=False) @ g", "svdvals(A)' g"),
        (
            "U, s, Vt = np.linalg.svd(A, full_matrices=False)\n(U * s) @ Vt",
            "U = svdU(A); s = svdvals(A); Vt = svdV(A)'; (U .* s') Vt",
        ),
        ("U, s, V = torch.svd(A)\nV @ s", "U = svdU(A); s = svdvals(A); V = svdV(A); V s"),
        ("torch.linalg.cholesky(A) @ g", "chol(A) g"),
        ("scipy.linalg.cholesky(A) @ g", "chol(A)' g"),
        ("scipy.linalg.cholesky(A, lower=True) @ g", "chol(A) g"),
        ("n, d = X.shape\nX.sum() / (n * d)", "sum(X) / (m n)"),
        ("t = x.detach() * 2\n(x - t) @ y", "t = stop(x) * 2; (x - t)' y"),
        ("jax.lax.stop_gradient(x) @ x.data", "stop(x)' stop(x)"),
    ],
)
def test_the_last_statement_is_what_is_asked_about(code: str, text: str) -> None:
    """A function at the end, or what is computed with functions before it."""
    assert reading(code).text == text
