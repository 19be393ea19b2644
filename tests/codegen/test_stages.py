"""Code in two stages: operators against dense derivatives, layers against gradients."""

import re
import sys
import tracemalloc
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from concrete import handed_in
from golden import Golden, point, read_cases

from dimderiv import Derivation, derive
from dimderiv.errors import DimderivError, NotDifferentiableError, UnknownNameError
from dimderiv.verify.verdict import Judge

SIZES = {"m": 4, "n": 3, "p": 2, "r": 2, "N": 5, "d": 3, "c": 2}

SCALARS = [
    ("||X w - y||^2", "w", "X: m x n"),
    ("||X w - y||", "w", "X: m x n"),
    ("sum(softplus(-y .* (X w))) + s/2 w'w", "w", "X: m x n; s: scalar"),
    ("x'A x / (x'x)", "x", "A: n x n"),
    ("logsumexp(A x)", "x", "A: m x n"),
    ("||U V' - T||^2", "U", "U: m x r; V: n x r"),
    ("||U V' - T||^2", "U,V", "U: m x r; V: n x r"),
    ("||U V' - T||^2", "V,U", "U: m x r; V: n x r"),
    ("tr(X' A X B)", "X", "X: m x n"),
    ("sum(exp(X .* X))", "X", "X: m x n"),
    ("logdet(A' A + I)", "A", "A: m x n"),
    ("x' inv(A' A + I) x", "x,A", "A: m x n"),
    ("sum(tanh(X w + b))", "w,b", "X: m x n; b: scalar"),
    ("sum(sigmoid(X + b).^2)", "b", "X: m x n; b: 1 x n"),
    ("sum(sigmoid(X + b).^2)", "X,b", "X: m x n; b: 1 x n"),
    ("s^3 x'x", "s", "s: scalar; x: n"),
    ("s^3 x'x", "x,s", "s: scalar; x: n"),
    ("sum(A .* X)", "X", "X: m x n"),
    ("x'x / 2", "x", "x: n"),
    ("S = X W + b; cross_entropy(S, Y)", "W,b", "X: N x d; W: d x c; b: 1 x c"),
    ("mean(X.^3)", "X", "X: m x n"),
]
ARRAYS = [
    ("softmax(W x)", "x", "W: m x n"),
    ("softmax(W x)", "x,W", "W: m x n"),
    ("inv(A' A + I) b", "b", "A: m x n"),
    ("inv(A' A + I) b", "A", "A: m x n"),
    ("A X B", "X", "A: m x n; X: n x p; B: p x r"),
    ("A X B", "A,X,B", "A: m x n; X: n x p; B: p x r"),
    ("tanh(X w + b)", "w,b", "X: m x n; b: scalar"),
    ("X + b", "b", "X: m x n; b: 1 x n"),
    ("sum(X .* X, axis=0)", "X", "X: m x n"),
    ("s x", "s", "s: scalar; x: n"),
    ("relu(W x)", "W", "W: m x n"),
    ("X - mean(X, axis=1)", "X", "X: m x n"),
    ("B", "X", "B: m x n"),
]
NETS = [
    ("X W + b", "X,W,b", "X: N x d; W: d x c; b: 1 x c"),
    ("relu(X W + b)", "X,W,b", "X: N x d; W: d x c; b: 1 x c"),
    ("S = X W + b; relu(S)", "W", "X: N x d; W: d x c; b: 1 x c"),
    ("softmax(X)", "X", "X: N x d"),
    ("S = X W + b; cross_entropy(S, Y)", "W,b", "X: N x d; W: d x c; b: 1 x c"),
    (
        "B = X - mean(X, axis=1); s = sqrt(mean(B.^2, axis=1) + e); Z = B ./ s; gamma .* Z + beta",
        "X,gamma,beta",
        "X: N x d; gamma: 1 x d; beta: 1 x d; e: scalar",
    ),
    (
        "Q = X W_q; K = X W_k; V = X W_v; P = softmax(Q K' / sqrt(c)); P V",
        "W_q,W_k,W_v",
        "X: N x d; c: scalar",
    ),
    ("||X w - y||^2", "w", "X: m x n"),
    ("U V'", "U,V", "U: m x r; V: n x r"),
    ("A x", "A", "A: m x n"),
    ("x + y", "x,y", "x: n"),
]

Arrays = dict[str, np.ndarray[Any, Any]]


def arrays_for(found: Derivation, seed: int = 3) -> Arrays:
    """Positive entries for each symbol, of a small size for each name."""
    generator = np.random.default_rng(seed)
    sizes = dict(SIZES)
    for number, name in enumerate(sorted(found.typed.sizes)):
        sizes.setdefault(name, 2 + number)
    made: Arrays = {}
    for name, declaration in found.typed.symbols.items():
        shape = declaration.shape
        axes = tuple(shape) if shape.is_row else shape.axes
        made[name] = generator.uniform(0.5, 1.5, [dim.evaluate(sizes) for dim in axes])
    return made


def flat(arrays: Sequence[Any]) -> Any:
    """All entries of several arrays."""
    return np.concatenate([np.ravel(array) for array in arrays])


def dense(found: Derivation, arrays: Arrays) -> Any:
    """The Hessian or the Jacobian as a matrix, each variable flattened in C order."""
    result = found.function()(**arrays)
    blocks = result if isinstance(result, tuple) else (result,)
    counts = [arrays[name].size for name in found.wrt]
    if found.order == 1:
        return np.hstack([np.reshape(b, (-1, n)) for b, n in zip(blocks, counts, strict=True)])
    pairs = [(a, b) for a in counts for b in counts]
    shaped = [np.reshape(block, pair) for block, pair in zip(blocks, pairs, strict=True)]
    width = len(counts)
    return np.block([shaped[k : k + width] for k in range(0, len(shaped), width)])


def listed(result: Any) -> list[Any]:
    """One array or several."""
    return list(result) if isinstance(result, tuple) else [result]


def assert_close(expected: Any, result: Any) -> None:
    """The same arrays, of the same shapes."""
    for wanted, got in zip(listed(expected), listed(result), strict=True):
        assert np.shape(wanted) == np.shape(got)
        np.testing.assert_allclose(got, wanted, atol=1e-10)


def derived(case: tuple[str, str, str], order: int) -> Derivation:
    """The derivation of a case, not checked: other tests do that."""
    expression, wrt, shapes = case
    return derive(expression, wrt, shapes=shapes, order=order, verify=False)


@pytest.mark.parametrize("case", SCALARS, ids=lambda case: f"{case[0]} by {case[1]}")
def test_a_hessian_as_an_operator_is_the_dense_one(case: tuple[str, str, str]) -> None:
    """On vectors, matrices and arrays of the variables' own shapes; it is symmetric."""
    found = derived(case, 2)
    arrays = arrays_for(found)
    matrix, operator = dense(found, arrays), found.function(form="operator")(**arrays)
    names = found.wrt
    generator = np.random.default_rng(1)
    several = generator.normal(size=(matrix.shape[0], 3))
    counts = [arrays[name].size for name in names]
    ends = [sum(counts[:k]) for k in range(len(counts) + 1)]
    parts = [
        several[a:b, 0].reshape(arrays[name].shape)
        for name, (a, b) in zip(names, pairwise(ends), strict=True)
    ]

    applied = operator.apply(*parts)

    applied = applied if isinstance(applied, tuple) else (applied,)
    assert matrix.shape == operator.shape
    assert matrix.dtype == operator.dtype
    assert [arrays[name].shape for name in names] == [each.shape for each in applied]
    np.testing.assert_allclose(operator @ several, matrix @ several, atol=1e-10)
    np.testing.assert_allclose(operator.rmatvec(several[:, 1]), matrix @ several[:, 1], atol=1e-10)
    np.testing.assert_allclose(flat(applied), matrix @ several[:, 0], atol=1e-10)


@pytest.mark.parametrize("case", ARRAYS, ids=lambda case: f"{case[0]} by {case[1]}")
def test_a_jacobian_as_an_operator_is_the_dense_one(case: tuple[str, str, str]) -> None:
    """From both sides."""
    found = derived(case, 1) if case[0] != "B" else derived(("B .* X", *case[1:]), 1)
    arrays = arrays_for(found)
    matrix, operator = dense(found, arrays), found.function(form="operator")(**arrays)
    generator = np.random.default_rng(2)
    right = generator.normal(size=(matrix.shape[1], 2))
    left = generator.normal(size=(matrix.shape[0], 2))

    assert matrix.shape == operator.shape
    np.testing.assert_allclose(operator @ right, matrix @ right, atol=1e-10)
    np.testing.assert_allclose(operator.H @ left, matrix.T @ left, atol=1e-10)
    np.testing.assert_allclose(operator.rmatvec(left[:, 0]), matrix.T @ left[:, 0], atol=1e-10)


def upstream_like(value: Any) -> Any:
    """A derivative by a value."""
    return np.random.default_rng(5).normal(size=np.shape(value))


@pytest.mark.parametrize("case", NETS, ids=lambda case: f"{case[0]} by {case[1]}")
@pytest.mark.parametrize("name", [None, "G1"])
def test_a_layer_returns_the_value_and_then_the_gradient(
    case: tuple[str, str, str], name: str | None
) -> None:
    """With the name that was given, or with one that is made."""
    expression, wrt, shapes = case
    found = derive(expression, wrt, shapes=shapes, upstream=name, verify=False)
    reference = derive(expression, wrt, shapes=shapes, upstream="G2", verify=False)
    arrays = {k: v for k, v in arrays_for(found).items() if k != name}
    layer = found.function(layer=True)()

    value = layer.forward(**arrays)
    before = {key: array.copy() for key, array in arrays.items()}
    upstream = upstream_like(value)
    first = layer.backward(**{name or "upstream": upstream})
    second = layer.backward(upstream)

    expected = reference.function()(**arrays, G2=upstream)
    pairs = zip(*([x] if not isinstance(x, tuple) else x for x in (expected, first)), strict=True)
    for wanted, got in pairs:
        assert np.shape(wanted) == np.shape(got)
        np.testing.assert_allclose(got, wanted, atol=1e-12)
    again = second if isinstance(second, tuple) else (second,)
    once = first if isinstance(first, tuple) else (first,)
    np.testing.assert_array_equal(flat(once), flat(again))
    for key, array in arrays.items():
        np.testing.assert_array_equal(array, before[key])


def test_what_applications_share_is_computed_once() -> None:
    """The Hessian of a function that is handed in is asked for once, not at each application."""
    calls = []

    def hess_f(z: Any) -> Any:
        calls.append(z)
        return np.diag(z)

    found = derive("f(A x)", "x", shapes="A: m x n; f: m -> scalar", order=2, verify=False)
    a, x = np.arange(6.0).reshape(2, 3), np.ones(3)
    operator = found.function(form="operator")(A=a, x=x, hess_f=hess_f)
    first, second = operator @ np.ones(3), operator @ np.arange(3.0)

    assert 1 == len(calls)
    np.testing.assert_allclose(first, a.T @ np.diag(a @ x) @ a @ np.ones(3))
    np.testing.assert_allclose(second, a.T @ np.diag(a @ x) @ a @ np.arange(3.0))


def applied(source: str, name: str = "apply") -> str:
    """The text of a function inside of another one, and what precedes it."""
    return source[source.rindex(f"def {name}(") :]


def test_the_part_without_the_direction_stands_apart() -> None:
    """`2 E (V' V)` with `2 V' V` made once; no inverse and no function of entries is made again."""
    found = derived(("||U V' - T||^2", "U", "U: m x 5; V: n x 5"), 2)
    logistic = derived(("sum(softplus(-y .* (X w)))", "w", "X: m x n"), 2)
    solve = derived(("inv(A) b", "b", "A: n x n"), 1)

    assert "return E @ t1" in applied(found.code(form="operator"))
    late = applied(logistic.code(form="operator"))
    assert re.search(r"return \(?t\d \* \(X @ v\)\)? @ X", late)
    for each in (found, logistic, solve):
        late = applied(each.code(form="operator"))
        assert not any(word in late for word in ("V.T @ V", "sigmoid", "inv(", "solve"))


def test_sizes_say_otherwise() -> None:
    """With more columns than data, `(E V') V` is cheaper, and the code can say so itself."""
    found = derived(("||U V' - T||^2", "U", "U: m x r; V: n x r"), 2)
    wide = applied(found.code(form="operator", sizes={"m": 3, "n": 4, "r": 5000}))
    low = applied(found.code(form="operator", sizes={"m": 3000, "n": 4000, "r": 5}))

    assert re.search(r"= E @ V\.T\b", wide)
    assert "V.T" not in low


@pytest.mark.parametrize("wrt", ["U", "U,V"])
def test_a_factorization_needs_nothing_of_the_size_of_its_data(wrt: str) -> None:
    """Neither to make the operator nor to apply it."""
    found = derived(("||U V' - T||^2", wrt, "U: m x r; V: n x r"), 2)
    m, n, r = 300, 400, 3
    u, v, t = np.ones((m, r)), np.ones((n, r)), np.ones((m, n))
    make = found.function(form="operator")
    make(U=u, V=v, T=t) @ np.ones((m + n * ("V" in wrt)) * r)

    tracemalloc.start()
    operator = make(U=u, V=v, T=t)
    operator @ np.ones(operator.shape[0])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 8 * 12 * (m + n) * r < 8 * m * n


def test_an_operator_computes_with_the_type_of_what_it_was_made_from() -> None:
    """Directions are converted to it, unless that would lose a part of them."""
    found = derived(("sum(exp(x))", "x", "x: n"), 2)
    operator = found.function(form="operator")(x=np.ones(3, np.float32))

    assert np.float32 == operator.dtype
    assert np.float32 == (operator @ np.ones(3)).dtype
    assert np.float32 == operator.apply(np.array([1, 2, 3])).dtype
    with pytest.raises(TypeError, match="complex"):
        operator.apply(np.ones(3) * 1j)
    integers = found.function(form="operator")(x=np.array([0, 1]))
    assert np.float64 == integers.dtype
    layer = derived(("X W", "X,W", "X: m x n"), 1).function(layer=True)()
    value = layer.forward(X=np.ones((2, 3), np.float32), W=np.ones((3, 4), np.float32))
    assert [np.float32] * 3 == [value.dtype, *(d.dtype for d in layer.backward(np.ones((2, 4))))]


def test_a_direction_of_another_shape_is_refused() -> None:
    """The message says which sizes were expected, and what they are."""
    found = derived(("||U V' - T||^2", "U,V", "U: m x r; V: n x r"), 2)
    operator = found.function(form="operator")(U=np.ones((3, 1)), V=np.ones((4, 1)), T=np.eye(3, 4))

    with pytest.raises(ValueError, match=r"F has shape \(3, 1\), expected \(n, r\) with n = 4"):
        operator.apply(np.ones((3, 1)), np.ones((3, 1)))


def test_newton_steps_by_conjugate_gradients() -> None:
    """Logistic regression: the operator serves scipy, and the minimum is reached in few steps."""
    linalg = pytest.importorskip("scipy.sparse.linalg")
    loss = ("sum(softplus(-y .* (X w))) + w'w / 2", "w", "X: m x n")
    gradient, hessian = derived(loss, 1).function(), derived(loss, 2).function(form="operator")
    generator = np.random.default_rng(0)
    given = {"X": generator.normal(size=(80, 6)), "y": np.sign(generator.normal(size=80))}
    w = np.zeros(6)
    for _ in range(8):
        step, failed = linalg.cg(hessian(**given, w=w), gradient(**given, w=w), rtol=1e-10)
        assert not failed
        w = w - step

    assert np.linalg.norm(gradient(**given, w=w)) < 1e-10


def test_names_in_use_are_left_alone() -> None:
    """Directions, and what is handed down, get names that mean nothing yet."""
    found = derive("v'E v + u'u", "v,u", shapes="E: n x n", order=2, verify=False)
    arrays = arrays_for(found)
    operator = found.function(form="operator")(**arrays)
    layer = derive("G g", "G,g", shapes="G: m x n", verify=False)
    several = derive(
        "+".join(f"A{k}'A{k}" for k in range(7)),
        ",".join(f"A{k}" for k in range(7)),
        shapes="; ".join(f"A{k}: m x n" for k in range(7)),
        verify=False,
    )

    np.testing.assert_allclose(operator @ np.eye(operator.shape[0]), dense(found, arrays))
    assert "apply(z, h)" in found.code(form="operator")
    assert "def forward(self, G, g)" in layer.code(layer=True)
    assert "apply(E, F, D, H, E1, E2, E3)" in several.code(form="operator")


def test_arguments_that_are_called_like_the_code_itself() -> None:
    """A symbol `upstream` or `dtype` keeps its name, and the code takes another one."""
    shapes = "upstream: m x n; dtype: n x m"
    found = derive("upstream dtype", "upstream, dtype", shapes=shapes, verify=False)
    a, b = np.ones((2, 3)), np.ones((3, 2))
    layer = found.function(layer=True)()
    value = layer.forward(upstream=a, dtype=b)
    first, second = layer.backward(value)
    operator = found.function(form="operator")(upstream=a, dtype=b)

    np.testing.assert_allclose(first, value @ b.T)
    np.testing.assert_allclose(second, a.T @ value)
    np.testing.assert_allclose(operator.apply(a, b), 2 * a @ b)


def test_a_hessian_beside_a_derivative_that_is_handed_down() -> None:
    """What is handed down is there from the beginning, and the direction arrives."""
    found = derive("exp(A x)", "x", shapes="A: m x n", upstream="G", order=2, verify=False)
    A, G, x = np.ones((3, 2)), np.arange(3.0), np.array([0.5, -1.0])
    operator = found.function(form="operator")(G=G, A=A, x=x)

    np.testing.assert_allclose(operator @ np.eye(2), found.function()(G=G, A=A, x=x))
    assert "def apply(v)" in found.code(form="operator")


def test_products_are_checked_where_the_derivation_was() -> None:
    """A product that disagrees is withheld, as the derivation itself would be."""
    checked = derive("softmax(x)", "x")
    found: list[bool] = []
    original = Derivation.verified

    def noted(self: Derivation, *, judge: Judge) -> Derivation:
        found.append(bool(self.directions))
        return original(self, judge=judge)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Derivation, "verified", noted)
        checked.code(form="operator")
        derive("softmax(x)", "x", verify=False).code(form="operator")
        checked.code(layer=True)

    assert [True, False, False] == found


@pytest.mark.parametrize(
    ("expression", "options", "asked", "error", "message"),
    [
        ("x'x", {}, {"form": "sparse"}, UnknownNameError, "dense, operator"),
        ("x'x", {}, {"form": "operator"}, NotDifferentiableError, "a gradient, which is an array"),
        ("x'x", {"order": 2}, {"layer": True}, NotDifferentiableError, "a first derivative"),
        ("A x", {}, {"layer": True, "form": "operator"}, NotDifferentiableError, "one of them"),
        ("A x", {}, {"layer": True, "value": True}, NotDifferentiableError, "leave out value"),
        ("A x", {}, {"form": "operator", "value": True}, NotDifferentiableError, "no value"),
        ("A x", {"forward": "v"}, {"form": "operator"}, NotDifferentiableError, "along some"),
        ("A x", {"forward": "v"}, {"layer": True}, NotDifferentiableError, "along some"),
        ("A x", {"upstream": "g"}, {"form": "operator"}, NotDifferentiableError, "a gradient"),
    ],
)
def test_what_contradicts_itself_is_an_error_by_name(
    expression: str,
    options: dict[str, Any],
    asked: dict[str, Any],
    error: type[DimderivError],
    message: str,
) -> None:
    """Which form there is, or what would have to be left out."""
    with pytest.raises(error, match=message):
        derive(expression, "x", verify=False, **options).code(**asked)


def test_without_scipy_an_operator_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only where the function is called."""
    monkeypatch.setitem(sys.modules, "scipy.sparse.linalg", None)
    made = derived(("x'x", "x", "x: n"), 2).function(form="operator")

    with pytest.raises(ImportError, match="pip install scipy"):
        made(x=np.ones(2))


def test_backward_comes_after_forward_and_belongs_to_the_last_one() -> None:
    """Before it is a clear error; a scalar has the upstream derivative 1 unless one is given."""
    layer = derived(("||X w - y||^2", "w", "X: m x n"), 1).function(layer=True)()
    with pytest.raises(RuntimeError, match="call forward first"):
        layer.backward()
    x, w, y = np.eye(2), np.array([1.0, 2.0]), np.zeros(2)
    layer.forward(X=x, w=10 * w, y=y)
    layer.forward(X=x, w=w, y=y)

    np.testing.assert_allclose(layer.backward(), 2 * w)
    np.testing.assert_allclose(layer.backward(3.0), 6 * w)


def test_a_layer_keeps_what_it_needs_and_no_more() -> None:
    """An affine layer its input and its weights, softmax its value, each computed once."""
    affine = derived(NETS[0], 1).code(layer=True)
    softmax = derived(("softmax(X)", "X", "X: N x d"), 1).code(layer=True)
    relu = derived(("S = X W + b; relu(S)", "W", "b: 1 x c"), 1).code(layer=True)

    assert "self.kept = (W, X)" in affine
    assert "self.kept = (value,)" in softmax
    assert "self.kept = (X, value)" in relu  # which is positive where S is
    assert "softmax" not in softmax[softmax.index("def backward") :]


def test_a_function_that_is_handed_in_belongs_to_the_forward_pass() -> None:
    """Its gradient too, since the backward pass is given nothing but the upstream derivative."""
    found = derive("f(A x)", "x", shapes="A: m x n; f: m -> scalar", verify=False)
    a, x = np.arange(6.0).reshape(2, 3), np.ones(3)
    layer = found.function(layer=True)()
    value = layer.forward(A=a, x=x, f=lambda z: z @ z, grad_f=lambda z: 2 * z)

    assert 153.0 == value
    np.testing.assert_allclose(layer.backward(), 2 * a.T @ a @ x)


def test_a_layer_by_tied_entries() -> None:
    """The backward pass is that of the derivation."""
    shapes = "S: n x n symmetric"
    found = derive("x'S x", "S", shapes=shapes, structured=True, verify=False)
    layer = found.function(layer=True)()
    x = np.array([1.0, 2.0])
    layer.forward(x=x, S=np.eye(2))

    np.testing.assert_allclose(layer.backward(), [[1.0, 4.0], [4.0, 4.0]])


@pytest.mark.parametrize("case", read_cases()[::9], ids=str)
def test_golden_cases_in_two_stages(case: Golden) -> None:
    """Layers, and operators where there is a dense derivative to compare them with."""

    def called(function: Any) -> Any:
        others = numbers.sizes_wanted(function, found)
        others |= handed_in(function, found.rulebook.declared, numbers.sizes)
        return function(**arguments, **others)

    shapes = case.shapes or None
    found = derive(case.expression, case.wrt, shapes=shapes, verify=False)
    numbers = point(case, found)
    arguments = numbers.arguments(found)
    layer = found.function(layer=True)()
    value = called(layer.forward)
    upstream = upstream_like(value)
    jacobian = np.reshape(called(found.function()), (np.size(value), -1))

    slopes = layer.backward(upstream)

    np.testing.assert_allclose(np.ravel(slopes), np.ravel(upstream) @ jacobian, atol=1e-9)
    if found.typed.value.is_scalar:
        try:
            found = derive(case.expression, case.wrt, shapes=shapes, order=2, verify=False)
        except NotDifferentiableError:
            return
    operator = called(found.function(form="operator"))
    matrix = np.reshape(called(found.function()), (-1, operator.shape[1]))
    np.testing.assert_allclose(operator @ np.eye(operator.shape[1]), matrix, atol=1e-8)
    np.testing.assert_allclose(operator.H @ np.eye(operator.shape[0]), matrix.T, atol=1e-8)
