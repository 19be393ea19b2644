"""Names for what is long and repeats."""

from collections.abc import Collection

import pytest

from dimderiv import derive
from dimderiv.answer.answer import Answer
from dimderiv.answer.kinds import PartKind, without_groups
from dimderiv.answer.naming import name_nested_forms, name_repeats
from dimderiv.derivation.api import parse
from dimderiv.language.syntax import Entry, Group, IndexForm, Name, Tree
from dimderiv.render.text import text


def tree(source: str) -> Tree:
    """The tree of an expression."""
    return parse(source).statements[-1].value


def named(
    source: str,
    kind: PartKind = "matrix",
    *,
    given: Collection[str] = (),
    taken: Collection[str] = (),
) -> str:
    """An answer with names, where every part is of one kind."""
    statements = parse(source).statements
    definitions = {s.name: s.value for s in statements[:-1] if s.name is not None}
    answer = Answer(definitions, {("x",): statements[-1].value})
    return text(name_repeats(answer, given, taken, lambda _, part: kind).program(("x",)))


TWICE = "A (B C - D E F) + exp(B C - D E F)"


def test_a_part_that_repeats_is_named() -> None:
    """Once, before the answer."""
    assert "R = B C - D E F; A R + exp(R)" == named(TWICE)


@pytest.mark.parametrize(
    "source",
    [
        "A (B C - D E F) + exp(B C - D E)",
        "A (B C - D) + exp(B C - D)",
        "A (B C) + exp(B C) + D (B C)",
        "(B - C) .* exp(B - C)",
    ],
)
def test_what_occurs_once_or_is_short_is_not(source: str) -> None:
    """A name must save more than its definition costs."""
    assert source == named(source)


@pytest.mark.parametrize(("kind", "name"), [("matrix", "R"), ("vector", "r"), ("scalar", "s")])
def test_the_letter_says_the_kind(kind: PartKind, name: str) -> None:
    """Capital letters for matrices, small ones for vectors and scalars."""
    assert named(TWICE, kind).startswith(f"{name} = B C - D E F; ")


def test_a_residual_is_called_differently_from_a_product() -> None:
    """`R` is for sums, the next letter for anything else."""
    assert "M = exp(A B C D F); M G + M' E" == named("exp(A B C D F) G + exp(A B C D F)' E")


def test_names_are_fresh() -> None:
    """Neither one that is taken nor that of a definition; then letters with numbers."""
    assert named(TWICE, taken=["R", "M"]).startswith("T = ")
    assert named(TWICE, taken="RMTEFGHLPQSUVWZABCDJNXY").startswith("R1 = ")


def test_the_matrix_that_swaps_is_no_name() -> None:
    """`K` is never a fresh name."""
    assert named(TWICE, taken="RMTEFGHLPQSUVWZABCDJNX").startswith("Y = ")


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("exp(B C D E F)", "M = exp(B C D E F); W M V + U M T"),
        ("diag(A B C D E F)", "M = A B C D E F; W diag(M) V + U diag(M) T"),
        (
            "kron(A, B C D E F)",
            "W kron(A, B C D E F) V + U kron(A, B C D E F) T",
        ),
    ],
)
def test_structure_is_never_named(part: str, expected: str) -> None:
    """A diagonal or a Kronecker matrix must not be built; its operands may get names."""
    assert expected == named(f"W {part} V + U {part} T")


def test_the_users_definitions_are_left_as_they_are() -> None:
    """Neither named in, nor counted."""
    source = "H = exp(B C - D E F); H (B C - D E F)"

    assert source == named(source, given=["H"])


def test_derivatives_of_intermediates_are_counted() -> None:
    """A name may serve a definition and the answer, and stands before the first that uses it."""
    source = "dH = W exp(B C - D E F) V; dH (B C - D E F) V W"

    assert "R = B C - D E F; dH = W exp(R) V; dH R V W" == named(source)


def test_brackets_for_the_reader_are_no_difference() -> None:
    """A part in them is the same part."""
    bracketed = Group(tree("B C - D"))

    assert tree("B C - D") == without_groups(bracketed)


def test_an_index_form_alone_needs_no_name() -> None:
    """Only one inside another would not be readable."""
    answer = Answer({}, {("x",): tree("[i:n, j:n] A[i,k] B[k,j]")})

    assert answer == name_nested_forms(answer, [], [], lambda _, part: "matrix")


def test_an_index_form_inside_another_is_named() -> None:
    """None can be written there."""
    inner = tree("[i:n, j:n] A[i,k] B[k,j]")
    entry = Entry(inner, (Name("p"), Name("q")))
    outer = IndexForm((("p", Name("n")), ("q", Name("n"))), entry)

    found = name_nested_forms(Answer({}, {("x",): outer}), [], ["R"], lambda _, part: "matrix")

    expected = "M[i:n, j:n] = A[i,k] B[k,j]; [p:n, q:n] M[p,q]"
    assert expected == text(found.program(("x",)))


def test_the_answer_of_a_derivative() -> None:
    """The residual of an autoencoder is named, unless asked for inline."""
    expression = "||X - X W W'||_F^2"

    assert "R = X - X W W'; -2 (X' R + R' X) W" == derive(expression, "W").text()
    assert "-2 (X' (X - X W W') + (X - X W W')' X) W" == derive(expression, "W", inline=True).text()


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes"),
    [
        ("(conv2(v, k)' - x)^2", "k", "v: n; k: m"),
        ("sin(mean(conv2(V, K)) sum(conv2(V, K)))", "K", "V: h x h; K: k x k"),
        ("kron(conv2(v, k), x) - sum(conv2(v, k)) kron(conv2(v, k), x)", "k", "v: n; k: m"),
    ],
)
def test_a_size_that_repeats_has_no_name(expression: str, wrt: str, shapes: str) -> None:
    """An array of ones, an identity and a position take sizes, which no scalar is."""
    found = derive(expression, wrt, shapes=shapes)

    assert found.verification is not None
    assert "unchecked" != found.verification.level


def test_a_part_with_more_axes_is_named_like_a_matrix() -> None:
    """Its number of axes decides, and a difference takes the sign before it."""
    value = "-sum(cos((X - Y).^2) .* exp((X - Y).^2))"
    found = derive(value, "X", shapes="X: n x c x h; Y: n x c x h")

    assert "M = (X - Y).^2; 2 exp(M) .* (sin(M) - cos(M)) .* (X - Y)" == str(found)
