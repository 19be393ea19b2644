"""Where an identity says its size, and what stands for a name that the user has taken."""

import pytest

from dimderiv import derive
from dimderiv.conform.identities import with_bare_identities
from dimderiv.language.parser import parse_expression
from dimderiv.render.text import text


@pytest.mark.parametrize(
    ("source", "of_known_size", "alone"),
    [
        ("eye(n)", "I", "eye(n)"),
        ("-2 c eye(n) / d", "-2 c I / d", "-2 c eye(n) / d"),
        ("A + c eye(n)", "A + c I", "A + c I"),
        ("eye(n) + exp(eye(n))", "I + exp(eye(n))", "I + exp(eye(n))"),
        ("A .* eye(n)", "A .* I", "A .* I"),
        ("A (B - eye(n))", "A (B - I)", "A (B - I)"),
        ("logsumexp(eye(n))", "logsumexp(eye(n))", "logsumexp(eye(n))"),
        ("logsumexp(eye(n)) eye(n)", "logsumexp(eye(n)) I", "logsumexp(eye(n)) eye(n)"),
        ("inv(A + eye(n))", "inv(A + I)", "inv(A + I)"),
        ("kron(eye(n), A)", "kron(eye(n), A)", "kron(eye(n), A)"),
        ("[i:n, j:m] eye(n)[i,j]", "[i:n, j:m] I[i,j]", "[i:n, j:m] I[i,j]"),
        ("[i:n] V[i+r] eye(m)[i-1, r]", *2 * ("[i:n] V[i+r] eye(m)[i-1, r]",)),
        ("[i:n] x[r] eye(m)[i-1, r]", *2 * ("[i:n] x[r] I[i-1, r]",)),
        ("[i:n] x[r] + eye(m)[i-1, r]", *2 * ("[i:n] x[r] + eye(m)[i-1, r]",)),
        ("[i:n] eye(n)[i+1, 2i]", "[i:n] eye(n)[i+1, 2i]", "[i:n] eye(n)[i+1, 2i]"),
    ],
)
def test_an_identity_says_its_size_where_nothing_else_does(
    source: str, of_known_size: str, alone: str
) -> None:
    """The size is known from what it is added to, or multiplied with entry by entry."""
    tree = parse_expression(source)

    assert of_known_size == text(with_bare_identities(tree))
    assert alone == text(with_bare_identities(tree, sized=False))


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes", "expected"),
    [
        ("sum(I) tr(A)", "A", "I: n x n; A: n x n", "sum(I) eye(n)"),
        ("tr(I .* I)", "I", "I: n x n", "2 I .* eye(n)"),
        ("x'I x + x'x", "x", "I: n x n; x: n", "(I + I') x + 2 x"),
        ("kron(A, I) + A", "A", "I: scalar; A: n x n", "(I + 1) eye(n^2)"),
        ("sum((A + I).^2, axis=0)", "A", "I: scalar; A: m x n", ""),
        ("pi sum(erf(x))", "x", "pi: scalar; x: n", "2 pi exp(-x.^2) / sqrt(arccos(-1))"),
        ("pi' gelu(x)", "x", "pi: n; x: n", ""),
        ("c sum(W) logsumexp(eye(m))", "c", "c: scalar; W: m x n", ""),
        ("sum(W exp(eye(m)))", "W", "W: n x m", ""),
        ("tr(kron(S', S))", "S", "S: m x n", ""),
    ],
)
def test_a_name_of_the_user_is_never_the_identity_or_a_number(
    expression: str, wrt: str, shapes: str, expected: str
) -> None:
    """What is printed is read back with the names as they are declared, and has its value."""
    found = derive(expression, wrt, shapes=shapes)

    assert found.text() == expected or not expected
    assert found.verification is not None
    assert "unchecked" != found.verification.level
    assert "def " in found.code("numpy")
