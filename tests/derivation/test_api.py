"""`derive`: what it answers, and what it refuses."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from dimderiv import derive, parse
from dimderiv.errors import (
    DimderivError,
    NotDifferentiableError,
    ParseError,
    ShapeError,
    UnknownNameError,
    VerificationError,
)
from dimderiv.graph.nodes import Node
from dimderiv.graph.products import scaled
from dimderiv.simplify.simplify import Simplifier


@pytest.mark.parametrize(
    ("expression", "wrt", "options", "kind", "message"),
    [
        ("x' x", "x", {"order": 6}, NotDifferentiableError, "derivatives of order 6 are not"),
        ("x' x", "x", {"order": 0}, NotDifferentiableError, "derivatives of order 0 are not"),
        ("A x", "x", {"order": 2}, NotDifferentiableError, "a Hessian is that of a scalar, and"),
        ("x' x", "x", {"order": 1.0}, NotDifferentiableError, "derivatives of order 1.0 are not"),
        (b"x' x", "x", {}, ParseError, "an expression is a text, not b"),
        (None, "x", {}, ParseError, "an expression is a text, not None"),
        (
            "x' x",
            "x",
            {"upstream": 3},
            UnknownNameError,
            "the upstream derivative is a name, not 3",
        ),
        ("x' x", "x", {"forward": 3}, UnknownNameError, "the directions are names, not 3"),
        ("x' x", "x", {"forward": [3]}, UnknownNameError, "the direction of x is a name, not 3"),
        ("x' x", "x", {"forward": []}, UnknownNameError, "there is 1 variable, x, and no direct"),
        ("A x", "A,x", {"forward": "E"}, UnknownNameError, "there are 2 variables, A, x, and 1 d"),
        (
            "A x",
            "x",
            {"forward": "n"},
            UnknownNameError,
            "n cannot be the direction of x: the name",
        ),
        ("x' x", "x", {"shapes": ["x"]}, ShapeError, "the shapes are a text or a mapping of names"),
        ("x' x", "x", {"shapes": {3: "n"}}, ShapeError, "the shapes are a text or a mapping of"),
        ("x' x", "x", {"rules": 3}, ParseError, "rules are files, not 3"),
        ("x' x", "x", {"rules": [None]}, ParseError, "a rule file is named by a path, not None"),
        (
            "A x",
            "A",
            {"structured": True, "shapes": "A: n x n symmetric"},
            NotDifferentiableError,
            "structured gives gradients of scalars, and the value is n",
        ),
        ("sum(max(x, y, z))", "x", {}, ShapeError, "max takes one argument or two, not three"),
        ("sum(max(A, B, axis=0))", "A", {}, ShapeError, "max along an axis takes one argument"),
        ("x' x", "x", {"layout": "wide"}, UnknownNameError, "the layout 'wide' is unknown"),
        ("x' x", "z", {}, UnknownNameError, "z does not occur in the expression"),
        ("x' x", "X", {}, UnknownNameError, "X does not occur in the expression"),
        ("x' x", "1x", {}, UnknownNameError, "'1x' is not the name of a symbol"),
        ("x' x", "", {}, UnknownNameError, "no variable is named to differentiate by"),
        ("x' x", [], {}, UnknownNameError, "no variable is named to differentiate by"),
        ("x' x", "x,", {}, UnknownNameError, "no variable is named to differentiate by"),
        (
            "x' x",
            "z",
            {"shapes": {"z": "n"}},
            UnknownNameError,
            "z is declared, but does not occur",
        ),
        ("", "x", {}, ParseError, "there is no expression"),
        ("x' (", "x", {}, ParseError, "an operand is missing after '('"),
        ("sum(foo(x))", "x", {}, UnknownNameError, "foo is not a known function"),
        ("x' x", "x", {"rules": "no_such.toml"}, ParseError, "the rule file no_such.toml cannot"),
        ("x' x", "x", {"shapes": "x n"}, ShapeError, "'x n' declares no shape"),
        ("x' x", "x", {"shapes": {"x": "n blue"}}, ShapeError, "'blue' is no property of a symbol"),
        (
            "A B",
            "A",
            {"shapes": "A: 2 x 3; B: 4 x 5"},
            ShapeError,
            "A B does not conform: A is 2 x 3 and B is 4 x 5",
        ),
        (
            "x' dexpm(A, E) y",
            "A",
            {},
            NotDifferentiableError,
            "dexpm has no derivative by its argument",
        ),
    ],
)
def test_refusals(
    expression: str,
    wrt: str | Sequence[str],
    options: Mapping[str, Any],
    kind: type[DimderivError],
    message: str,
) -> None:
    """Each has its class and says what is wrong."""
    with pytest.raises(DimderivError) as caught:
        derive(expression, wrt, **options)

    assert kind is type(caught.value)
    assert caught.value.message.startswith(message)


def test_a_refusal_shows_the_place() -> None:
    """The text stands under the message, with a caret."""
    with pytest.raises(NotDifferentiableError) as caught:
        derive("y = 1; A x", "x", order=2)

    assert "y = 1; A x\n           ^^^" in str(caught.value)


@pytest.mark.parametrize(
    ("wrt", "expected"),
    [
        ("x", "A y"),
        ("x,y", "dx = A y; dy = A' x"),
        (" y , x ", "dy = A' x; dx = A y"),
        (["x", "y"], "dx = A y; dy = A' x"),
        (("y",), "A' x"),
        ("x,x", "A y"),
    ],
)
def test_variables(wrt: str | Sequence[str], expected: str) -> None:
    """One, several, as a text or a sequence, in the order given; twice is once."""
    assert expected == derive("x' A y", wrt).text()


@pytest.mark.parametrize("wrt", ["lambda", "λ"])
@pytest.mark.parametrize("expression", ["lambda x' x", "λ x' x"])
def test_greek_variables(expression: str, wrt: str) -> None:
    """By name or by letter."""
    assert "x' x" == derive(expression, wrt).text()


@pytest.mark.parametrize("shapes", ["X: m x n; w: n", {"X": "m x n", "w": "n"}, None])
def test_shapes_as_text_and_as_a_mapping(shapes: str | Mapping[str, str] | None) -> None:
    """Or inferred."""
    found = derive("||X w - y||^2", "w", shapes=shapes)

    assert "2 X' (X w - y)" == found.text()
    assert {"X": "m x n", "w": "n", "y": "m"} == found.shapes


def test_a_program_in_place_of_the_text() -> None:
    """What `parse` returns is accepted, and keeps its source."""
    found = derive(parse("r = X w - y; r' r"), "w")

    assert "r = X w - y; 2 X' r" == found.text()
    assert "r = X w - y; r' r" == found.source


def test_declared_names_may_be_long() -> None:
    """In `parse` and in `derive`."""
    assert "2 rate x" == derive("rate x' x", "x", shapes={"rate": "scalar"}).text()
    assert "rate x" == parse("rate x", names=["rate"]).source


def test_names_of_dimensions_may_be_long() -> None:
    """A size in the answer is read back as the one that was declared."""
    shapes = {"X": "batch x dim", "y": "batch"}
    found = derive("sum((X w - y).^2) / batch", "w", shapes=shapes)

    assert "2 X' (X w - y) / batch" == str(found)
    assert str(found) == str(derive("mean((X w - y).^2)", "w", shapes=shapes))


def test_rules_of_ones_own(tmp_path: Path) -> None:
    """A file or several."""
    file = tmp_path / "mine.toml"
    file.write_text(
        '[cube]\nkind = "elementwise"\ndefinition = "x^3"\nderivative = "3 x^2"\n'
        'reference = "none"\ndomain = "all"\n'
    )

    assert "3 x.^2" == derive("sum(cube(x))", "x", rules=file).text()
    assert "3 x.^2" == derive("sum(cube(x))", "x", rules=[str(file)]).text()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("x' x", "exact"), ("sum(exp(x))", "30 digits")],
)
def test_levels_of_verification(expression: str, expected: str) -> None:
    """Rational functions are compared exactly, others to 30 digits."""
    found = derive(expression, "x").verification

    assert found is not None
    assert expected == found.level


def test_no_verification() -> None:
    """What was not checked says so."""
    assert derive("x' x", "x", verify=False).verification is None


def _doubled(self: Simplifier, node: Node) -> Node:
    return scaled(2, node)


def test_a_wrong_answer_is_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check compares what is printed with the expression, whatever the engine did."""
    monkeypatch.setattr(Simplifier, "__call__", _doubled)

    with pytest.raises(VerificationError):
        derive("x' A x", "x")
    assert "A x" in derive("x' A x", "x", verify=False).text()


def test_a_wrong_second_derivative_is_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Hessian is checked too, also a mixed one."""
    monkeypatch.setattr(Simplifier, "__call__", _doubled)

    with pytest.raises(VerificationError):
        derive("x' A y", "x,y", order=2)


@pytest.mark.parametrize(
    ("expression", "wrt", "expected"),
    [
        ("x' A x", "x", "A + A'"),
        ("x' A y", "x,y", "H_xx = 0 ones(m, m); H_xy = A; H_yx = A'; H_yy = 0 ones(n, n)"),
        ("sum(X.^3)", "X", "6 diag(vec(X))"),
        (
            "sum(exp(A X))",
            "X",
            "kron(eye(p), A') diag(vec(exp(A X))) kron(eye(p), A)",
        ),
    ],
)
def test_hessians(expression: str, wrt: str, expected: str) -> None:
    """A matrix for vectors, Kronecker products for matrices, a block for each pair."""
    assert expected == derive(expression, wrt, order=2).text()


@pytest.mark.parametrize(
    ("expression", "wrt", "expected"),
    [
        ("X A", "X", "kron(A', eye(m))"),
        ("X' A", "X", "kron(A', eye(n)) K(m, n)"),
        ("X.^2 A", "X", "2 kron(A', eye(m)) diag(vec(X))"),
        ("x x'", "x", "kron(x, eye(n)) + kron(eye(n), x)"),
        ("det(X) X", "X", "det(X) (vec(X) vec(inv(X)')' + I)"),
        ("diag(A X)", "X", "kron(eye(m), ones(1, n)) diag(vec(A'))"),
    ],
)
def test_derivatives_of_and_by_matrices(expression: str, wrt: str, expected: str) -> None:
    """Columns stacked, as Kronecker products."""
    found = derive(expression, wrt)

    assert expected == found.text()
    assert "kronecker" == found.form


def test_a_two_layer_net() -> None:
    """Every derivative by an intermediate is named once, and all variables share them."""
    found = derive(
        "S1 = X W1 + b1; H = relu(S1); S2 = H W2 + b2; cross_entropy(S2, Y)", "W1,b1,W2,b2"
    )

    assert [
        "S1 = X W1 + b1",
        "H = relu(S1)",
        "S2 = H W2 + b2",
        "dS2 = (softmax(S2) - Y) / m",
        "dS1 = (dS2 W2') .* (S1 > 0)",
        "dW1 = X' dS1",
        "db1 = sum(dS1, axis=0)",
        "dW2 = H' dS2",
        "db2 = sum(dS2, axis=0)",
    ] == found.text(multiline=True).splitlines()


def test_no_names_for_intermediates() -> None:
    """`inline` writes everything out."""
    assert "2 X' (X w - y)" == derive("r = X w - y; r' r", "w", inline=True).text()


def test_the_two_norm_of_a_matrix_is_refused() -> None:
    """Books mean its largest singular value by it, and a vector's norm is what it says."""
    with pytest.raises(NotDifferentiableError, match="spectral norm"):
        derive("||X||_2 + tr(X)", "X")

    assert "x / ||x||" == derive("||x||_2", "x").text()
    assert "X / ||X||_F" == derive("||X||", "X").text()


@pytest.mark.parametrize(
    ("source", "wrt", "shapes"),
    [
        ("S = X W; T = S .* S; sum(T .* S) + sum(dS .* S)", "W,X", "dS: m x n"),
        ("sum(exp(dS S))", "S,dS", "dS: m x n; S: n x k"),
        ("dx' x + x' x dx' dx", "x,dx", "dx: n"),
        ("dr = A x - b; dr' r + r' r", "x,r", "A: m x n; b: m"),
        ("dx = A x; x' dx + x_dot' dx", "x", "A: n x n; x_dot: n"),
    ],
)
@pytest.mark.parametrize("mode", ["reverse", "forward", "hvp"])
def test_names_of_derivatives_give_way_to_those_of_the_user(
    source: str, wrt: str, shapes: str, mode: str
) -> None:
    """What a user calls `dS` stays it, and every name of an answer can be read back."""
    along = ",".join(f"V{k}" for k in range(len(wrt.split(","))))
    found = derive(source, wrt, shapes=shapes, forward=along if mode == "forward" else None)
    found = found.hvp(along) if mode == "hvp" else found

    assert found.verification is not None
    assert found.explain()
    assert parse(found.text(), names=[name for name in found.shapes if len(name) > 1])
    assert found.code("numpy")


def test_a_skew_scalar_is_refused() -> None:
    """It would be 0."""
    with pytest.raises(ShapeError, match="only 0 is skew"):
        derive("s^2", "s", shapes="s: scalar skew")
