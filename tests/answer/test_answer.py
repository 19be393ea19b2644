"""Answers as programs, with the definitions that they need."""

import pytest
from nodes import labelled, lowered, node

from dimderiv.answer.answer import Answer, Found, write_answer
from dimderiv.answer.derivative import Extent
from dimderiv.conform.arrange import Arranger
from dimderiv.derivation.api import parse
from dimderiv.errors import LimitError
from dimderiv.graph import named
from dimderiv.graph.nodes import zero
from dimderiv.language.inline import names_in
from dimderiv.language.shapes import ONE, SCALAR, Dim, Shape
from dimderiv.language.syntax import Tree
from dimderiv.render.text import text

M, N, P = (Dim.of(name) for name in "mnp")


def tree(source: str) -> Tree:
    """The tree of an expression."""
    return parse(source, names=["dB", "dA"]).statements[-1].value


def answer(**derivatives: str) -> Answer:
    """Derivatives by single variables, with some definitions."""
    definitions = {"R": tree("X - Y"), "H": tree("exp(R)"), "Q": tree("R R")}
    return Answer(definitions, {(name,): tree(value) for name, value in derivatives.items()})


def test_only_the_definitions_that_are_needed() -> None:
    """Also those that a definition needs itself, in their order."""
    both = answer(x="H x", y="Q y", z="z")

    assert "R = X - Y; H = exp(R); H x" == text(both.program(("x",)))
    assert "R = X - Y; Q = R R; Q y" == text(both.program(("y",)))
    assert "z" == text(both.program(("z",)))


def test_several_derivatives_share_their_definitions() -> None:
    """Each stands under the name that it is given."""
    both = answer(x="H x", z="R")

    together = both.together({("x",): "dA", ("z",): "dB"})

    assert "R = X - Y; H = exp(R); dA = H x; dB = R" == text(together)


def test_inlined_names_are_written_out() -> None:
    """Definitions inside definitions too."""
    assert "exp(X - Y) x + (X - Y)" == text(answer(x="H x + R").inlined().program(("x",)))


def test_an_answer_that_explodes_is_refused() -> None:
    """Each definition uses the one before twice."""
    definitions = {"R1": tree("X + Y")}
    for k in range(2, 30):
        definitions[f"R{k}"] = tree(f"R{k - 1} R{k - 1}")
    grown = Answer(definitions, {("x",): tree("R29")})

    with pytest.raises(LimitError, match=r"^without names the answer is too long") as caught:
        grown.inlined()

    assert "leave out --inline" == caught.value.hint


def test_every_name_in_a_tree_is_found() -> None:
    """As often as it occurs."""
    assert ["A", "A", "x"] == sorted(names_in(tree("A x + exp(A)")))


@pytest.mark.parametrize(
    ("letters", "of", "by", "expected"),
    [
        ("x[i] -> [i]", SCALAR, Shape(N, ONE), "x"),
        ("x[i] -> [i]", SCALAR, Shape(ONE, N), "x'"),
        ("x[i] -> [i]", Shape(N, ONE), SCALAR, "x"),
        ("x[i] -> [i]", Shape(ONE, N), SCALAR, "x'"),
        ("A[i,j] -> [i,j]", Shape(N, ONE), Shape(N, ONE), "A"),
        ("A[i,p] E[j,q] -> [i,j,p,q]", Shape(N, N), Shape(N, N), "kron(E, A)"),
        ("x[i] x[j] x[k] -> [i,j,k]", Shape(N, ONE), Shape(N, N), "kron(x', x x')"),
    ],
)
def test_a_derivative_lies_as_the_value_or_the_variable(
    letters: str, of: Shape, by: Shape, expected: str
) -> None:
    """A single axis as it stands there; more than two as a Kronecker product."""
    found: Found = {("x",): (labelled(letters), Extent.laid_out(of, by))}

    written = write_answer(parse("x"), [], found, Arranger())

    assert expected == text(written.derivatives["x",])


def test_what_does_not_pair_is_written_by_entries() -> None:
    """Each pair of its four axes is joined by a factor."""
    dense = labelled("A[i,j] B[j,k] C[k,i] D[i,l] E[j,l] F[k,l] -> [i,j,k,l]")
    found: Found = {("x",): (dense, Extent.laid_out(Shape(N, N), Shape(N, N)))}

    written = write_answer(parse("x"), [], found, Arranger())

    expected = "[i:n, j:n, k:n, l:n] A[i,j] B[j,k] C[k,i] D[i,l] E[j,l] F[k,l]"
    assert expected == text(written.derivatives["x",])


def test_zero_has_the_shape_of_the_derivative() -> None:
    """With its axes merged, where there are more than two."""
    found: Found = {("x",): (zero((M, N, P, P)), Extent.laid_out(Shape(M, N), Shape(P, P)))}

    written = write_answer(parse("x"), [], found, Arranger())

    assert "0 ones(m n, p^2)" == text(written.derivatives["x",])


def test_definitions_of_the_user_come_first() -> None:
    """As written; then the derivatives by intermediates that have names."""
    program = parse("H = A x; H' H")
    adjoint = named("dH", node("2 y", "y: n"))
    found: Found = {("x",): (lowered("A' z").value, Extent.laid_out(SCALAR, Shape(N, ONE)))}

    written = write_answer(program, [adjoint], found, Arranger())

    assert ["H", "dH"] == list(written.definitions)
    assert "A x" == text(written.definitions["H"])
    assert "2 y" == text(written.definitions["dH"])
