"""What `derive` returns: text, LaTeX, code, and the record of how it was checked."""

import numpy as np
import pytest

from dimderiv import derive
from dimderiv.errors import UnknownNameError

LEAST_SQUARES = "r = X w - y; r' r"


def test_the_text_is_the_answer() -> None:
    """On one line, or each definition on its own."""
    found = derive(LEAST_SQUARES, "w")

    assert "r = X w - y; 2 X' r" == str(found)
    assert "r = X w - y\n2 X' r" == found.text(multiline=True)


def test_the_results_of_several_variables() -> None:
    """By name, each after just the definitions that it needs."""
    found = derive("h = exp(A x); a' h + y' y", "x,y")

    assert {"x": "h = exp(A x); A' (a .* h)", "y": "2 y"} == {
        name: str(result) for name, result in found.results.items()
    }


def test_the_results_of_second_order() -> None:
    """By pairs of names."""
    found = derive("x' A y", "x,y", order=2)

    assert [("x", "x"), ("x", "y"), ("y", "x"), ("y", "y")] == list(found.results)
    assert "A" == found.results["x", "y"].text()
    assert ["m x m", "m x n", "n x m", "n x n"] == [str(r.shape) for r in found.results.values()]


def test_a_lone_variable_names_its_second_derivative() -> None:
    """Its pair and its name are the same result."""
    found = derive("x' A x", "x", order=2)

    assert found.results["x", "x"] is found.results["x"]


def test_the_gradients_behind_a_second_derivative() -> None:
    """They are a derivation of their own."""
    first = derive("x' A y", "x,y", order=2).first

    assert first is not None
    assert "dx = A y; dy = A' x" == first.text()
    assert derive("x' x", "x").first is None


@pytest.mark.parametrize(
    ("expression", "wrt", "expected"),
    [
        ("x' A x", "x", "matrix"),
        ("A x", "x", "matrix"),
        ("A X", "X", "kronecker"),
        ("A X b", "X", "kronecker"),
        ("sum(conv2(V, K) .* G)", "V", "matrix"),
        ("sum(conv2(V, K) .* G)", "K,V", "matrix"),
        ("conv2(V, K)", "V", "index"),
    ],
)
def test_the_form(expression: str, wrt: str, expected: str) -> None:
    """The one that is furthest from matrix notation."""
    assert expected == derive(expression, wrt).form


@pytest.mark.parametrize(
    ("expression", "wrt", "expected"),
    [
        ("x' A x", "x", "n"),
        ("x' A x", "A", "n x n"),
        ("A x", "x", "m x n"),
        ("A X", "X", "(m p) x (n p)"),
        ("c x", "c", "n"),
    ],
)
def test_the_shape_of_a_result(expression: str, wrt: str, expected: str) -> None:
    """As it is printed: the variable for a scalar, value by variable otherwise."""
    found = derive(expression, wrt)

    assert expected == str(found.results[wrt].shape)


def test_shapes_and_assumptions() -> None:
    """What was declared is no assumption."""
    found = derive("||X w - y||^2", "w", shapes="X: a x b")

    assert {"X": "a x b", "w": "b", "y": "a"} == found.shapes
    assert ("w: b", "y: a") == found.assumptions


def test_it_is_assumed_that_targets_sum_to_one() -> None:
    """Cross entropy needs it, and says so."""
    assert "rows of Y sum to 1" in derive("cross_entropy(S, Y)", "S").assumptions


def test_checking_later() -> None:
    """A derivation that was not checked can be; the first stays as it is."""
    unchecked = derive("x' x", "x", verify=False)

    checked = unchecked.verified()

    assert unchecked.verification is None
    assert checked.verification is not None
    assert "exact" == checked.verification.level
    assert checked.verification.entries > 0


def test_each_result_has_its_own_check() -> None:
    """And together they are that of the derivation."""
    found = derive("x' A y", "x,y")
    checks = [result.verification for result in found.results.values()]

    assert found.verification is not None
    assert found.verification.entries == sum(check.entries for check in checks if check)


def test_latex_of_one_statement() -> None:
    """The derivative alone; a notebook shows it as a formula."""
    found = derive("||X w - y||^2", "w")

    assert r"2 X^{\top} (X w - y)" == found.latex()
    assert r"$\displaystyle 2 X^{\top} (X w - y)$" == found._repr_latex_()


def test_latex_of_several_statements() -> None:
    """Aligned, the derivative under its own name."""
    assert [
        r"\begin{aligned}",
        r"  R &= X - X W W^{\top} \\",
        r"  \mathrm{d}W &= -2 (X^{\top} R + R^{\top} X) W",
        r"\end{aligned}",
    ] == derive("||X - X W W'||_F^2", "W").latex().splitlines()


def test_the_name_of_a_derivative_is_free() -> None:
    """A symbol that is called like it keeps its name."""
    found = derive("dx x' y", "x,y", shapes={"dx": "scalar"})

    assert "dx_2 = dx y; dy = dx x" == found.text()


def test_the_function_computes_the_derivative() -> None:
    """Called with the symbols by name; vectors are 1-D."""
    function = derive("||X w - y||^2", "w").function("numpy")
    X, w, y = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]]), np.array([1.0, -1.0]), np.ones(3)

    found = function(X=X, w=w, y=y)

    np.testing.assert_allclose(2 * X.T @ (X @ w - y), found)


def test_the_function_computes_the_value_too() -> None:
    """Before the derivative."""
    function = derive("x' x", "x").function(value=True)

    value, derivative = function(x=np.array([1.0, 2.0]))

    assert 5 == value
    np.testing.assert_allclose([2, 4], derivative)


def test_several_variables_make_a_tuple() -> None:
    """In the order in which they were given."""
    function = derive("x' A y", "y,x").function()
    A, x, y = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.ones(2), np.array([1.0, 0, 0])

    by_y, by_x = function(A=A, x=x, y=y)

    np.testing.assert_allclose(A.T @ x, by_y)
    np.testing.assert_allclose(A @ y, by_x)


@pytest.mark.parametrize(
    ("expression", "order", "name"),
    [("x' x", 1, "gradient"), ("A x", 1, "jacobian"), ("x' x", 2, "hessian")],
)
def test_the_name_of_the_function(expression: str, order: int, name: str) -> None:
    """It says what is computed, and its text what of."""
    code = derive(expression, "x", order=order).code()

    assert f"def {name}(" in code
    assert f"{name.capitalize()} of {expression} by x." in code


def test_the_name_of_the_function_is_free() -> None:
    """A symbol that is called like it keeps its name."""
    code = derive("gradient x' x", "x", shapes={"gradient": "scalar"}).code()

    assert "def gradient_(gradient, x):" in code


def test_an_unknown_target_is_refused() -> None:
    """In code and as a function."""
    found = derive("x' x", "x")

    for call in (found.code, found.function):
        with pytest.raises(UnknownNameError, match=r"^there is no code target 'cobol'") as caught:
            call("cobol")
        assert (caught.value.hint or "").startswith("one of numpy")


def test_an_unknown_language_is_refused() -> None:
    """The steps are written in the languages that there are sentences for."""
    with pytest.raises(UnknownNameError, match=r"^'fr' is unknown"):
        derive("x' x", "x").explain(lang="fr")


def test_the_steps_come_with_the_answer() -> None:
    """As a record, as text, and in LaTeX."""
    found = derive(LEAST_SQUARES, "w")

    assert len(found.steps) > 1
    assert found.explain() != found.explain(lang="zh")
    assert found.explain(markup="latex") == found.latex(steps=True)


def test_thirty_nested_functions_have_an_answer() -> None:
    """What repeats has names, and only what would be long all the same is refused."""
    source = "x"
    for _ in range(30):
        source = f"tanh(A {source})"
    answer = str(derive(f"sum({source})", "x", shapes="A: n x n", verify=False))

    assert answer.startswith("a = tanh(A tanh(A x)); q = tanh(A tanh(A a)); ")
    assert answer.endswith(".* (1 - a.^2))) .* (1 - tanh(A x).^2))")
    assert 13 == answer.count(" = ")
