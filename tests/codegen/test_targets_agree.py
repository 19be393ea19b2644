"""Code of the targets besides numpy is run and compared with the answer that it was made of."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial, wraps
from typing import Any

import numpy as np
import pytest
from golden import Golden, read_cases
from verify.test_code_check import CASES, derived

from dimderiv import derive
from dimderiv.derivation.claims import code_checked
from dimderiv.derivation.derivation import Derivation
from dimderiv.errors import UnknownNameError
from dimderiv.verify.code.runs import dense

LIBRARIES = {"jax": "jax", "torch": "torch", "array_api": "array_api_strict"}
TARGETS = tuple(LIBRARIES)
# More that went wrong in numpy code: whole softmaxes, names, merged axes, kinks, constants.
MORE: list[tuple[str, str, str, dict[str, Any]]] = [
    ("sum(softmax(X)) + log(sum(exp(X), axis=1))' w", "X", "X: m x n; w: m", {}),
    ("sum((exp(X) ./ sum(exp(X), axis=0)).^2)", "X", "X: m x n", {}),
    ("np' float(type np)", "np", "np: n; type: n x n; float: n x n", {}),
    ("torch' jnp xp + sum(like)", "jnp", "torch: m; jnp: m x n; xp: n; like: n", {}),
    ("sum(conv2(V, K).^2)", "K", "V: H x L; K: k x l", {"order": 2}),
    ("||conv2(conv2(V, K), L)||^2", "K", "V: (m + 2) x n; K: 2 x 1; L: 1 x 2", {"order": 2}),
    ("exp(conv2(V, K))", "V", "V: H x L; K: k x l", {}),
    ("sum(exp(conv2(V, K)))", "V,K", "V: H x L; K: k x l", {"order": 2}),
    ("sum(max(A, B) .* G)", "A,B", "A: m x n; B: m x n; G: m x n", {}),
    ("min(x, y)' max(x, z)", "x", "x: n; y: n; z: n", {"forward": "v"}),
    ("||kron(A, B) x - y||^2", "x", "A: m x n; B: p x q; x: (n q); y: (m p)", {"order": 2}),
    ("exp(vec(X))' softmax(vec(X))", "X", "X: m x n", {}),
    ("kron(A, B)", "B", "A: m x n; B: p x q", {"upstream": "G"}),
    ("x .* (x > 0.5) (n > 2) + pi x", "x", "x: n", {}),
    ("eigmax(A'A) + logdet(A'A + I)", "A", "A: m x n", {}),
    ("sum(G .* eigvecs(S)) / eigmin(S)", "S", "S: n x n symmetric; G: n x n", {}),
    ("sum(G .* svdU(A)) + svdvals(A)' svdV(A) h", "A", "A: m x n; G: m x n; h: n", {}),
    ("g' svdvals(A)", "A", "A: m x n; g: n", {}),
    ("g' eigvals(A'A).^2 + 1", "A", "A: m x n; g: n", {}),
    ("L = chol(X X' + I); sum(G .* L) + logdet(L)", "X", "X: n x m; G: n x n", {}),
    ("L = chol(X X' + I); ||solve(L, y)||^2 + y' solve(L', y)", "X", "X: n x m; y: n", {}),
    # Letters choose some of the places that labels have.
    ("[A; D][y,:]", "A,D", "A: 3 x n; D: 4 x n; y: N labels 7", {"upstream": "G"}),
]
SAMPLE = 10


@pytest.fixture(autouse=True)
def double_precision(request: pytest.FixtureRequest) -> Iterator[None]:
    """Arrays of jax have 64 bits here; what needs a library that is not there is skipped."""
    target = request.node.callspec.params["target"]
    pytest.importorskip(LIBRARIES[target])
    if target != "jax":
        yield
        return
    import jax

    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def arrays_of(target: str) -> Callable[[Any], Any]:
    """What makes arrays of the library of a target."""
    if target == "torch":
        return partial(pytest.importorskip("torch").asarray, copy=True)
    name = {"jax": "jax.numpy", "array_api": "array_api_strict"}[target]
    return partial(pytest.importorskip(name).asarray, copy=True)


def of_library(made: Callable[..., Any], array: Callable[[Any], Any]) -> Callable[..., Any]:
    """A generated function with arrays of numpy as arguments, which become those of its library."""

    def converted(each: Any) -> Any:
        if callable(each):
            return lambda *arguments: array(each(*map(np.asarray, arguments)))
        return array(each) if isinstance(each, np.ndarray) else each

    @wraps(made)
    def function(*arrays: Any, **others: Any) -> Any:
        named = {name: converted(each) for name, each in others.items()}
        return made(*map(converted, arrays), **named)

    return function


def compared(derivation: Derivation, target: str) -> int:
    """At how many points the code agrees with the value and the derivatives that are printed."""
    made = of_library(derivation.function(target, value=True), arrays_of(target))
    run = dense(made, list(derivation.typed.symbols), value=True)
    return code_checked(derivation.derived, run, value=True).points


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("expression", "wrt", "shapes", "asked"), [*CASES, *MORE])
def test_code_agrees_with_the_answer(
    expression: str, wrt: str, shapes: str, asked: Mapping[str, Any], target: str
) -> None:
    """At equal sizes, at ones, and where all differ."""
    assert compared(derived(expression, wrt, shapes, asked), target) > 1


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("golden", read_cases()[::SAMPLE], ids=str)
def test_code_of_cases_agrees_with_their_answers(golden: Golden, target: str) -> None:
    """Every so many of them; every one of numpy is compared elsewhere."""
    derivation = derive(
        golden.expression,
        golden.wrt,
        shapes=golden.shapes,
        order=golden.order,
        upstream=golden.upstream or None,
        structured=golden.structured,
        verify=False,
    )
    try:
        points = compared(derivation, target)
    except UnknownNameError as error:
        assert target == "array_api"
        assert "there is no array_api code for" in error.message
        return

    assert points > 1


def single(made: Callable[..., Any], arrays: Sequence[Any], target: str) -> set[str]:
    """The types of what a function returns for arrays of 32 bits."""
    array = arrays_of(target)
    given = [array(np.asarray(each, np.float32)) for each in arrays]
    value, derivatives = made(*given)
    several = derivatives if isinstance(derivatives, tuple) else (derivatives,)
    return {str(each.dtype).split(".")[-1] for each in (value, *several)}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    ("expression", "wrt", "shapes", "asked"),
    [
        case
        for case in [*CASES, *MORE]
        if not any(word in case[2] for word in ("->", "labels"))
        and not any(word in case[0] for word in ("(eye(k), V)", "ones("))
    ],
)
def test_single_precision_is_kept(
    expression: str, wrt: str, shapes: str, asked: Mapping[str, Any], target: str
) -> None:
    """Numbers, sizes, truth values and new arrays do not widen it."""
    derivation = derived(expression, wrt, shapes, asked)
    generator, sizes = np.random.default_rng(5), dict.fromkeys("mnpqklNC", 2) | {"H": 5, "L": 4}
    made, arrays = derivation.function(target, value=True), []
    for declared in derivation.typed.symbols.values():
        shape = declared.shape
        axes = tuple(shape) if shape.is_row else shape.axes
        arrays.append(generator.uniform(0.2, 1.2, [dim.evaluate(sizes) for dim in axes]))

    assert {"float32"} == single(made, arrays, target)
