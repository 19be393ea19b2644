"""Matrices that are symmetric by how they are made, also where names hide that."""

import pytest

from dimderiv import derive
from dimderiv.errors import NotDifferentiableError

SHAPES = "A: n x n; L: n x n; S: n x n symmetric; x: n"
HIDDEN = [
    ("R = I + L'; M = R (I + L)", "L"),
    ("R = I + L'; B = S R'; M = R B", "L"),
    ("F = A' - x x'; E = A - x x'; M = F E + S", "x"),
    ("E = exp(A); F = exp(A'); M = E + F + 2 S", "A"),
    ("E = A S; F = S A'; M = inv(E + F)", "A"),
]


@pytest.mark.parametrize("function", ["eigmax(M)", "x' eigvec(M)"])
@pytest.mark.parametrize(("named", "wrt"), HIDDEN)
def test_names_do_not_hide_that_a_matrix_is_symmetric(named: str, wrt: str, function: str) -> None:
    """Its eigenvalue has a derivative, and code that agrees with it."""
    expression = f"{named}; {function}"
    used = [each for each in SHAPES.split("; ") if each[0] in expression]

    found = derive(expression, wrt, shapes="; ".join(used))
    found.code("numpy")

    assert found.verification is not None
    assert all(check.points for check in found.code_checks.values())


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes"),
    [
        ("eigmax((eye(n) + L)'(eye(n) + L))", "L", "L: n x n"),
        ("eigmax((A - x x')'(A - x x'))", "x", "A: n x n; x: n"),
        ("eigmax(A S A' + A' S A)", "A", "A: n x n; S: n x n symmetric"),
    ],
)
@pytest.mark.parametrize("target", ["numpy", "jax", "torch", "array_api"])
def test_an_answer_that_names_parts_of_a_symmetric_matrix_has_code(
    expression: str, wrt: str, shapes: str, target: str
) -> None:
    """What the derivation knew of the expression, the code knows of the answer."""
    found = derive(expression, wrt, shapes=shapes, order=2, verify=False)

    assert "eigvec(" in found.code(target)


@pytest.mark.parametrize(
    "named", ["R = I + L'; M = R (I - L)", "R = A + A'; M = R L", "E = A A; M = E A'"]
)
def test_a_matrix_that_is_not_symmetric_is_refused(named: str) -> None:
    """The rule would be wrong for it."""
    wrt = "L" if "L" in named else "A"

    with pytest.raises(NotDifferentiableError, match="its argument is not known to be symmetric"):
        derive(f"{named}; eigmax(M)", wrt, shapes=f"{wrt}: n x n")


@pytest.mark.parametrize("step", ["{0} {0}", "A {0}", "sin({0}) + {0}'"])
def test_names_of_names_are_written_out_only_so_far(step: str) -> None:
    """However long that would be, it is told that nothing is known."""
    names = [f"B{k + 1} = {step.format(f'B{k}')}" for k in range(400)]

    with pytest.raises(NotDifferentiableError, match="its argument is not known to be symmetric"):
        derive("; ".join(["B0 = A + I", *names, "eigmax(B400)"]), "A", shapes="A: n x n")


def test_a_matrix_may_be_symmetric_for_each_letter() -> None:
    """What is added to its own transpose in an index statement is known to be."""
    found = derive("sum[b] eigmax(S[b] + S[b]')", "S", shapes="S: B x n x n")

    expected = "[b,i,j] 2 (eigvec(S[b] + S[b]') eigvec(S[b] + S[b]')')[i,j]"
    assert expected == str(found)


def test_other_matrices_of_a_batch_are_refused() -> None:
    """Nothing says of them that they are symmetric."""
    with pytest.raises(NotDifferentiableError, match="not known to be symmetric"):
        derive("sum[b] eigmax(S[b])", "S", shapes="S: B x n x n")
