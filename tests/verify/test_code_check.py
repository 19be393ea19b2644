"""Generated code is run and compared with the answer that it was made of."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from golden import Golden, read_cases

from dimderiv import derive
from dimderiv.codegen.functions.loaded import function
from dimderiv.derivation.claims import code_checked
from dimderiv.derivation.derivation import Derivation
from dimderiv.errors import VerificationError
from dimderiv.verify.code.runs import dense

# Code that was wrong, failed, or was refused beside a right text, each for a reason of its own.
CASES: list[tuple[str, str, str, dict[str, Any]]] = [
    ("log(sum(exp(X)))", "X", "X: m x n", {}),
    ("log(sum(exp(X)))", "X", "X: m x n", {"order": 2}),
    ("exp(X) / sum(exp(X))", "X", "X: m x n", {}),
    ("sum(logsoftmax(X)) + log(sum(exp(X), axis=0)) v", "X", "X: m x n; v: n", {}),
    ("w' sum(exp(X) ./ sum(exp(X), axis=0), axis=1)", "w", "X: m x n; w: m", {}),
    ("sum(exp(X) ./ sum(exp(X), axis=0)) w'w", "w", "X: m x n; w: m", {}),
    ("sum(exp(conv2(V, K)))", "V", "V: H x L; K: k x l", {"order": 2}),
    ("F(∇F(w))", "w", "F: 1 x n -> scalar; w: 1 x n", {}),
    ("x'x log(n)", "x", "x: n", {}),
    ("x sigmoid(3)", "x", "x: n", {}),
    ("x (n > 2)", "x", "x: n", {}),
    ("triu(relu(X)) B", "X", "X: n x n; B: n x m", {"forward": "V"}),
    ("c ones(n,1)", "c", "c: scalar", {}),
    ("||kron(eye(k), V)||^2", "V", "V: m x n", {}),
    ("m ||Z ones(m+1,1)||^2", "Z", "", {}),
    ("tanh(X W)", "X,W", "X: m x n; W: n x p", {"upstream": "G"}),
    ("sum((exp(x r) ./ sum(exp(x r), axis=1)).^2)", "r", "x: m; r: 1 x n", {"order": 2}),
    ("X' diag(x.^2) X.^2", "x", "X: m x n; x: m", {"upstream": "G"}),
    ("g' (X .* X)' diag(x.^2) X g", "g", "X: m x n; x: m; g: n", {"order": 2}),
    ("f(A x)", "x", "f: m -> scalar; A: m x n", {"order": 2}),
    ("sum(exp(conv2(V, K)))", "V", "V: m x n; K: p", {}),
    ("conv2(V, K)", "V", "V: m x n; K: 1 x p", {"upstream": "G"}),
    ("||conv2(V, K)||^2", "K", "V: m x n; K: p x 1", {"order": 2}),
    ("max[j] S[0,j]", "S", "S: N x C", {}),
]


def derived(expression: str, wrt: str, shapes: str, asked: Mapping[str, Any]) -> Derivation:
    """A derivation whose code is checked, though the answer is not checked again here."""
    return replace(derive(expression, wrt, shapes=shapes, verify=False, **asked), checks={})


@pytest.mark.parametrize("value", [False, True])
@pytest.mark.parametrize(("expression", "wrt", "shapes", "asked"), CASES)
def test_code_agrees_with_the_answer(
    expression: str, wrt: str, shapes: str, asked: dict[str, Any], value: bool
) -> None:
    """At sizes that are equal, at ones, and where all differ."""
    derivation = derived(expression, wrt, shapes, asked)
    derivation.code("numpy", value=value)

    (check,) = derivation.code_checks.values()
    assert check.points > 1
    assert check.entries > 1


@pytest.mark.parametrize("golden", read_cases(), ids=str)
def test_code_of_every_case_agrees_with_its_answer(golden: Golden) -> None:
    """The value and the derivative are those of the evaluator."""
    derivation = derive(
        golden.expression,
        golden.wrt,
        shapes=golden.shapes,
        order=golden.order,
        upstream=golden.upstream or None,
        structured=golden.structured,
        verify=False,
    )
    derivation = replace(derivation, checks={})
    derivation.code("numpy", value=True)

    (check,) = derivation.code_checks.values()
    assert check.points > 1


@pytest.mark.parametrize(
    ("expression", "wrt", "asked"),
    [
        ("||X w - y||^2", "w", {"form": "operator"}),
        ("x'A x", "x", {"form": "operator"}),
        ("tr(Q'Q)", "Q", {"layer": True}),
        ("tanh(X w)", "w", {"layer": True}),
        ("tanh(X w)", "X,w", {"form": "operator"}),
        ("kron(eye(k), V)", "V", {"layer": True}),
    ],
)
def test_operators_and_layers_are_compared(
    expression: str, wrt: str, asked: dict[str, Any]
) -> None:
    """What they return is what their products and their backward pass print."""
    order = 2 if expression.endswith(("^2", "x")) and "operator" in asked.values() else 1
    derivation = replace(derive(expression, wrt, order=order, verify=False), checks={})
    derivation.code("numpy", **asked)

    (check,) = derivation.code_checks.values()
    assert check.points > 2


def spoiled(spoil: Callable[[str], str], *, value: bool = False) -> str:
    """What the check says of code in which something was changed."""
    derivation = derive("||X w - y||^2", "w", verify=False)
    source = derivation.code("numpy", value=value)
    assert source != spoil(source)
    run = dense(function(spoil(source), "gradient"), ["X", "w", "y"], value=value)
    with pytest.raises(VerificationError) as caught:
        code_checked(derivation.derived, run, value=value)
    return caught.value.message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("return 2 * (", "return -2 * (", "the code gives"),
        ("return 2 * (", "return 2.001 * (", "the code gives"),
        ("return 2 * (", "return np.nan * (", "the code gives nan"),
        ("return 2 * (", "return 2 * w[:, None] * (", "an array of shape"),
        ("return 2 * (", "return 2 * X.missing * (", "it fails: AttributeError"),
        ("return 2 * (", "return X, 2 * (", "it returns 2 arrays for 1"),
    ],
)
def test_wrong_code_is_withheld(old: str, new: str, message: str) -> None:
    """A factor, an axis, a failure: the error says what is wrong."""
    assert message in spoiled(lambda source: source.replace(old, new))


def test_a_wrong_value_is_withheld() -> None:
    """The value is compared as the derivative is."""
    message = spoiled(lambda source: source.replace("return ", "return 1 + "), value=True)

    assert "the code gives" in message


def test_code_that_is_wrong_at_equal_sizes_alone_is_withheld() -> None:
    """Where all sizes differ, it would pass."""
    message = spoiled(
        lambda source: source.replace(
            "    return 2 * (",
            "    if X.shape[0] == X.shape[1]:\n        return w\n    return 2 * (",
        )
    )

    assert "the code gives" in message


def test_a_point_where_floats_fail_is_no_alarm() -> None:
    """A difference of large numbers, which floats cannot tell from zero."""
    derivation = derived("sum(exp(x)) - sum(exp(x)) + 1e-9 sum(x)", "x", "x: n", {})
    derivation.code("numpy", value=True)

    (check,) = derivation.code_checks.values()
    assert check.points > 1


def test_code_is_checked_once() -> None:
    """The source and the function are the same code."""
    derivation = derive("x'A x", "x")
    derivation.code("numpy")
    first = derivation.code_checks
    derivation.function("numpy")

    assert len(first) == 1
    assert first is derivation.code_checks


def test_the_report_has_the_check_of_the_code() -> None:
    """Once code was made, the verification says how that was compared."""
    derivation = derive("x'A x", "x")
    before = derivation.verification
    derivation.code("numpy")
    after = derivation.verification

    assert before is not None
    assert after is not None
    assert before.code is None
    assert after.code is not None
    assert "the code agrees with the answer in 6 entries at 3 points" in str(after)


def test_code_of_what_is_not_checked_is_not_checked() -> None:
    """`verify=False` turns off both."""
    derivation = derive("x'A x", "x", verify=False)
    derivation.code("numpy")

    assert {} == derivation.code_checks
    assert derivation.verification is None


def test_large_declared_sizes_are_not_run() -> None:
    """A function of a million entries is no test."""
    derivation = derived("x'A x", "x", "x: 1000; A: 1000 x 1000", {})
    derivation.code("numpy")

    (check,) = derivation.code_checks.values()
    assert check.points == 0
    assert "was not compared" in str(check)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "expression", ["x'x log(n)", "x'x sigmoid(3)", "n sum(x)", "x'x pi (n > 2)"]
)
def test_numbers_keep_the_type(expression: str, dtype: type) -> None:
    """Functions of numbers are computed in the type of the arguments."""
    value, gradient = derive(expression, "x", shapes="x: n").function("numpy", value=True)(
        x=np.ones(3, dtype)
    )

    assert dtype == value.dtype
    assert dtype == gradient.dtype


def test_points_where_floats_overflow_are_passed_over() -> None:
    """The answer has a value there, which no float has."""
    found = derive("sum(exp(exp(exp(9 x))))", "x", shapes="x: n")

    found.function("numpy")

    assert found.verification is not None
    assert found.verification.code is not None
