"""Matrix notation with two forms, and the shorter one of them."""

from fractions import Fraction

import pytest

from dimderiv.conform import notation
from dimderiv.conform.notation import Form, TwoWay
from dimderiv.derivation.api import parse
from dimderiv.language.syntax import Name, Number, Tree
from dimderiv.render.text import text

A, B = (notation.named(name, 2) for name in "AB")
X, Y = (notation.named(name, 1) for name in "xy")
ROW = notation.named("b", 1, row=True)
C = notation.scalar(Name("c"), 1)


def shown(piece: TwoWay) -> tuple[str, str]:
    """Both forms as text."""
    return text(piece.upright.tree), text(piece.transposed.tree)


def tree(source: str) -> Tree:
    """The tree of an expression."""
    return parse(source).statements[-1].value


@pytest.mark.parametrize(
    ("piece", "expected"),
    [
        (A, ("A", "A'")),
        (X, ("x", "x'")),
        (ROW, ("b'", "b")),
        (C, ("c", "c")),
        (notation.named("S", 2, is_symmetric=True), ("S", "S")),
        (A.other_way, ("A'", "A")),
    ],
)
def test_names_have_two_forms(piece: TwoWay, expected: tuple[str, str]) -> None:
    """A column stands, a row lies, and a symmetric matrix is both."""
    assert expected == shown(piece)


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([A, B], ("A B", "B' A'")),
        ([A, X], ("A x", "x' A'")),
        ([A.other_way, B.other_way], ("A' B'", "B A")),
        ([X, Y.other_way], ("x y'", "y x'")),
        ([A, A, A], ("A^3", "A'^3")),
        ([A], ("A", "A'")),
    ],
)
def test_a_product_transposed_runs_backwards(
    pieces: list[TwoWay], expected: tuple[str, str]
) -> None:
    """Each form has the forms of its factors, and equal neighbours are a power."""
    assert expected == shown(notation.matrix_product(pieces))


def test_the_cheaper_face_stands_for_both() -> None:
    """A long form is exchanged for the other one, transposed."""
    long = Form(tree("exp(A' + B')"), 9)
    short = Form(tree("exp(A + B)"), 4)

    assert ("exp(A + B)'", "exp(A + B)") == shown(notation.two_way(long, short))


def test_transposing_twice_takes_the_prime_away() -> None:
    """The cost goes back too."""
    assert A.upright == notation.primed(notation.primed(A.upright))


def test_brackets_cost_something() -> None:
    """A transposed sum needs them, a transposed name does not."""
    plain = notation.primed(Form(Name("A"), 1)).cost
    bracketed = notation.primed(Form(tree("A + B"), 1)).cost

    assert plain < bracketed


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Fraction(3), "3"),
        (Fraction(-3), "-3"),
        (Fraction(1, 2), "0.5"),
        (Fraction(1, 3), "1/3"),
    ],
)
def test_numerals(value: Fraction, expected: str) -> None:
    """Decimals where they end, quotients where they do not."""
    assert expected == text(notation.numeral(value).tree)


@pytest.mark.parametrize(
    ("exponent", "entrywise", "expected"),
    [
        (Fraction(1), True, "x"),
        (Fraction(2), True, "x.^2"),
        (Fraction(2), False, "x^2"),
        (Fraction(1, 2), True, "sqrt(x)"),
        (Fraction(-1, 2), True, "x.^-0.5"),
    ],
)
def test_powers(exponent: Fraction, entrywise: bool, expected: str) -> None:
    """A square root is written as one."""
    assert expected == text(notation.power(X.upright, exponent, entrywise=entrywise).tree)


@pytest.mark.parametrize(
    ("over", "under", "expected"),
    [
        ([X, Y], [], "x .* y"),
        ([X], [Y], "x ./ y"),
        ([], [Y], "1 ./ y"),
        ([X], [Y, Y], "x ./ (y .* y)"),
        ([], [X, Y], "1 ./ (x .* y)"),
    ],
)
def test_entrywise_products(over: list[TwoWay], under: list[TwoWay], expected: str) -> None:
    """What is below the line comes last together, after a one where nothing is above it."""
    assert expected == text(notation.hadamard(over, under).upright.tree)


@pytest.mark.parametrize(
    ("coefficient", "over", "under", "piece", "expected"),
    [
        (Fraction(2), [], [], X, "2 x"),
        (Fraction(1), [], [], X, "x"),
        (Fraction(1, 2), [], [], X, "0.5 x"),
        (Fraction(2, 3), [], [], X, "2 x / 3"),
        (Fraction(1, 2), [], [C], X, "x / (2 c)"),
        (Fraction(2), [C], [], X, "2 c x"),
        (Fraction(2), [C], [], None, "2 c"),
        (Fraction(1), [], [C], None, "1 / c"),
        (Fraction(2), [], [], notation.hadamard([], [X]), "2 ./ x"),
    ],
)
def test_scalars_stand_before_and_below(
    coefficient: Fraction,
    over: list[TwoWay],
    under: list[TwoWay],
    piece: TwoWay | None,
    expected: str,
) -> None:
    """Numbers first, then scalars, then what is scaled; a fraction goes below the line."""
    found = notation.scaled(
        coefficient, [s.upright for s in over], [s.upright for s in under], piece
    )

    assert expected == text(found.upright.tree)


def test_a_product_of_scalars_keeps_its_brackets() -> None:
    """`(x' y) A` is not `x' (y A)`."""
    inner = notation.matrix_product([X.other_way, Y]).upright

    assert "(x' y) A" == text(notation.scaled(Fraction(1), [inner], [], A).upright.tree)


@pytest.mark.parametrize(
    ("source", "expected"), [("x", 1), ("A x", 2), ("A + B", 3), ("A - B", 3), ("exp(2 x)", 3)]
)
def test_symbols_are_counted(source: str, expected: int) -> None:
    """Names, numbers and operators; a juxtaposition costs nothing."""
    assert expected == notation.symbols(tree(source))


def test_compound_trees_need_brackets() -> None:
    """A name and a number do not."""
    assert notation.is_compound(tree("A + B"))
    assert not notation.is_compound(Number(Fraction(2)))
