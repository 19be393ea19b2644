"""Dimensions, shapes, and the texts that declare them."""

import pickle
import re
from collections.abc import Sequence

import pytest

from dimderiv import derive
from dimderiv.errors import DimderivError, LimitError, ShapeError
from dimderiv.language.declarations import read_shapes
from dimderiv.language.declared import names_in_brackets, names_in_use
from dimderiv.language.declared_sizes import SIZE_LIMIT
from dimderiv.language.shapes import ONE, SCALAR, Dim, Shape, size_of
from dimderiv.render import latex
from dimderiv.render.text import text as render_text


def shape(*sizes: str | int) -> Shape:
    """The shape with these sizes."""
    rows, cols = (Dim.of(size) for size in sizes)
    return Shape(rows, cols)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("m x n", shape("m", "n")),
        ("m×n", shape("m", "n")),
        ("m,n", shape("m", "n")),
        ("  m  x  n ", shape("m", "n")),
        ("n", shape("n", 1)),
        ("n x 1", shape("n", 1)),
        ("1 x C", shape(1, "C")),
        ("scalar", SCALAR),
        ("1", SCALAR),
        ("1 x 1", SCALAR),
        ("5 x 4", shape(5, 4)),
        ("10x20", shape(10, 20)),
        ("007 x n", shape(7, "n")),
        ("batch_1 x depth", shape("batch_1", "depth")),
        ("x x x", shape("x", "x")),
        ("λ x n", shape("lambda", "n")),
    ],
)
def test_a_shape_is_read(text: str, expected: Shape) -> None:
    """Each way of writing a shape gives its rows and columns."""
    declared = read_shapes({"A": text})

    assert expected == declared["A"].shape


def test_the_size_1_is_one_object() -> None:
    """Whoever compares a declared size with ONE may do so by identity."""
    assert read_shapes({"b": "1 x C"})["b"].shape.rows is ONE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n x n spd", {"spd"}),
        ("n x n symmetric positive", {"symmetric", "positive"}),
        ("n x n, diagonal", {"diagonal"}),
        ("N x C onehot", {"onehot"}),
        ("scalar positive", {"positive"}),
        ("m x n", set()),
    ],
)
def test_words_after_a_shape_are_properties(text: str, expected: set[str]) -> None:
    """Any number of properties may follow the sizes."""
    assert expected == read_shapes({"A": text})["A"].properties


def test_a_text_declares_several_symbols() -> None:
    """Declarations are separated by semicolons or newlines; Greek letters are spelled out."""
    declared = read_shapes("X: m x n; w: n\n λ: scalar;\n")

    assert {"X": "m x n", "w": "n", "lambda": "scalar"} == {
        name: str(found.shape) for name, found in declared.items()
    }


def test_nothing_declares_nothing() -> None:
    """No source, an empty text and an empty mapping all declare no symbols."""
    assert [{}, {}, {}] == [read_shapes(None), read_shapes(" ; "), read_shapes({})]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "A: m x n spd",
            "only a square matrix can be spd: A is m x n\n\n"
            "    A: m x n spd\n             ^^^\n\ntry: A: m x m spd",
        ),
        (
            "X: n x n x n spd",
            "only arrays of at most two axes can be spd: X is n x n x n\n\n"
            "    X: n x n x n spd\n                 ^^^\n\n"
            "try: X: n x n x n; or one matrix, X: n x n spd",
        ),
        (
            "M: n x n binary spd",
            "M is binary and spd, which is not supported\n\n"
            "    M: n x n binary spd\n                    ^^^\n\ntry: declare one of them",
        ),
        (
            "y: 1 x T labels C",
            "labels have no axis of size 1, and y is 1 x T\n\n"
            "    y: 1 x T labels C\n             ^^^^^^\n\ntry: y: T labels C",
        ),
        (
            "y: N labels",
            "the number of labels of y is missing\n\n"
            "    y: N labels\n       ^^^^^^^^\n\n"
            "try: y: N labels C, where they are whole numbers from 0 to C - 1",
        ),
        (
            "A: n x n symetric",
            "'symetric' is no property of a symbol\n\n"
            "    A: n x n symetric\n             ^^^^^^^^\n\ntry: symmetric",
        ),
        (
            "X: T - 1 x n; w: n",
            "'-' is no property of a symbol\n\n    X: T - 1 x n; w: n\n         ^\n\n"
            "try: brackets around a size that is computed: (T - 1)",
        ),
        (
            "X: m x 2n symmetric",
            "'n' is no property of a symbol\n\n    X: m x 2n symmetric\n            ^\n\n"
            "try: brackets around a size that is computed: (2n)",
        ),
        (
            "w: n; x: ",
            "the shape of x is empty\n\n    w: n; x: \n             ^\n\n"
            'try: a shape such as "m x n", "n" or "scalar"',
        ),
        (
            "x: 0",
            "a size of x is 0\n\n    x: 0\n       ^\n\ntry: a positive number, or a name",
        ),
        (
            "x: n; x: m",
            "x is declared twice\n\n    x: n; x: m\n          ^\n\ntry: one shape for it",
        ),
        ("A: mxn", "mxn is run together, so it is no size\n\n    A: mxn\n       ^^^\n\ntry: m x n"),
        (
            "just words",
            "'just words' declares no shape\n\n    just words\n    ^^^^^^^^^^\n\n"
            "try: write a name, a colon and a shape: X: m x n",
        ),
    ],
)
def test_a_shape_that_cannot_be_read_says_why(text: str, expected: str) -> None:
    """The message says what is wrong, points at it, and offers a way out."""
    with pytest.raises(ShapeError) as caught:
        read_shapes(text)

    assert expected == str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["-3", "2.5", "m x", "x m x n", "m n", "symmetric", "number", "m x n x", "sum", "$", "m x 0"],
)
def test_other_texts_are_no_shapes(text: str) -> None:
    """What is no shape is refused, never guessed at."""
    with pytest.raises(ShapeError):
        read_shapes({"A": text})


@pytest.mark.parametrize("digits", [str(SIZE_LIMIT + 1), "9" * 6000])
def test_a_size_has_a_limit(digits: str) -> None:
    """Sizes beyond the limit are refused, however long the number is."""
    with pytest.raises(LimitError) as caught:
        read_shapes({"x": digits})

    assert "a size in the shape of x is larger than 1000000" == caught.value.message


def test_the_largest_size_is_accepted() -> None:
    """The limit itself, and zeros before a number, are fine."""
    assert str(SIZE_LIMIT) == str(read_shapes({"x": "0" * 5000 + "1000000"})["x"].shape)


@pytest.mark.parametrize(
    ("shape", "printed"),
    [
        ("N x C x H x W", "N x C x H x W"),
        ("N, C, H", "N x C x H"),
        ("(2, 3, 4)", "2 x 3 x 4"),
        (("batch", "n", "n"), "batch x n x n"),
        ("N x (C H) x 3", "N x (C H) x 3"),
    ],
)
def test_an_array_has_any_number_of_axes(shape: str, printed: str) -> None:
    """More than two are declared like two."""
    assert printed == str(read_shapes({"X": shape})["X"].shape)


def test_labels_are_whole_numbers_below_the_number_of_classes() -> None:
    """They have any number of axes, and their number may be any size; it is a name in use."""
    declared = read_shapes("y: N x 7 labels (C + 1); t: 5 labels 3")

    assert ["N x 7", "5"] == [str(each.shape) for each in declared.values()]
    assert ["C + 1", "3"] == [str(each.labels) for each in declared.values()]
    assert {"y", "t", "N", "C"} == names_in_use(declared) == names_in_brackets(declared)


@pytest.mark.parametrize("name", ["", "1x", "x y", "sum", "a-b", "x_", "?", "x\0"])
def test_a_name_must_be_that_of_a_symbol(name: str) -> None:
    """Names of functions, and what is no name, cannot be declared."""
    with pytest.raises(ShapeError):
        read_shapes({name: "n"})


@pytest.mark.parametrize("shape", [None, 2.5, {"m": 3}, ("m", None), ("m", "n", 0), (0, 3)])
def test_a_shape_must_be_a_text_or_sizes(shape: object) -> None:
    """Anything else is refused with an error of the family."""
    with pytest.raises(DimderivError):
        read_shapes({"x": shape})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        (("m", "n"), "m x n"),
        ((3, 4), "3 x 4"),
        ((3,), "3"),
        (5, "5"),
        ((), "scalar"),
        ((1, "n"), "1 x n"),
        (("H - K + 1", "n"), "(H - K + 1) x n"),
        (["m", 2], "m x 2"),
        ("(m, n)", "m x n"),
        ("(3, 4)", "3 x 4"),
        ("(n,)", "n"),
        ("[m, n]", "m x n"),
        ("(m x n) ", "m x n"),
        ("m x n matrix", "m x n"),
        ("n vector", "n"),
    ],
)
def test_shapes_are_written_as_in_python_too(
    written: str | int | Sequence[str | int], printed: str
) -> None:
    """A tuple holds the size of each axis."""
    assert printed == str(read_shapes({"A": written})["A"].shape)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("X: m x n, w: n", {"X": "m x n", "w": "n"}),
        ("X: m, n, w: n, f: n -> scalar", {"X": "m x n", "w": "n", "f": "n"}),
        ("A, B: n x n; c, d: scalar", {"A": "n x n", "B": "n x n", "c": "scalar", "d": "scalar"}),
    ],
)
def test_commas_stand_between_declarations_too(text: str, expected: dict[str, str]) -> None:
    """A comma before a name and a colon ends a declaration; names before it share its shape."""
    assert expected == {name: str(found.shape) for name, found in read_shapes(text).items()}


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        ("X: matrix; w: vector", {"X": "m x n", "w": "n", "y": "m"}),
        ("X: m x n; w: column vector", {"X": "m x n", "w": "n", "y": "m"}),
        ("X: matrix symmetric", {"X": "n x n", "w": "n", "y": "n"}),
        ("X: square matrix", {"X": "n x n", "w": "n", "y": "n"}),
    ],
)
def test_the_sizes_of_a_vector_and_a_matrix_are_found(
    shapes: str, expected: dict[str, str]
) -> None:
    """The kind is declared, and the sizes are assumptions."""
    found = derive("||X w - y||^2", "w", shapes=shapes, verify=False)

    assert expected == found.shapes
    assert "w: n" in found.assumptions


def test_a_row_vector_may_be_declared_without_its_size() -> None:
    """It is a row also where a column would fit."""
    assert "1 x n" == derive("sum(v)", "v", shapes="v: row vector", verify=False).shapes["v"]


def test_what_is_declared_and_does_not_occur_is_noted() -> None:
    """Symbols and functions; the direction that is handed in later occurs."""
    shapes = "x: n, y: n, f: n -> scalar, V: n"

    found = derive("x'x", "x", shapes=shapes, verify=False)
    assert [
        f"{name} is declared, but does not occur in the expression" for name in ("y", "f", "V")
    ] == list(found.notes())
    assert () == derive("f(x)", "x", shapes="f: n -> scalar", verify=False).notes()
    found = derive("y = A x; z = y; y'y", "x", verify=False)
    assert ("z is defined, but not used",) == found.notes()
    assert () == derive("x'x", "x", shapes="x: n; V: n", forward="V", verify=False).notes()


def test_dimensions_are_polynomials() -> None:
    """Sums and products of sizes are collected, so that equal sizes are equal objects."""
    h, k = Dim.of("H"), Dim.of("K")

    assert "H - K + 1" == str(h - k + ONE)
    assert h == (h - k + ONE) + k - ONE
    assert h * k == k * h
    assert (h * k).evaluate({"H": 3, "K": 2}) == 6


def test_a_shape_knows_what_it_is() -> None:
    """Scalars, columns, rows and matrices exclude each other."""
    shapes = [SCALAR, shape("n", 1), shape(1, "n"), shape("m", "n")]

    kinds = [(s.is_scalar, s.is_column, s.is_row, s.is_matrix) for s in shapes]
    assert [tuple(i == j for j in range(4)) for i in range(4)] == kinds
    assert ["scalar", "n", "1 x n", "m x n"] == [str(s) for s in shapes]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("(H - K + 1) x (W - L + 1)", "(H - K + 1) x (W - L + 1)"),
        ("(m p)", "(m p)"),
        ("(m+p) x 2", "(m + p) x 2"),
        ("(2 batch) x (n)", "(2 batch) x n"),
        ("((m + 1) n)x3", "(m n + n) x 3"),
        ("(n m) x (m n) symmetric", "(m n) x (m n)"),
    ],
)
def test_composite_sizes_are_read_as_they_are_printed(text: str, printed: str) -> None:
    """Sums and products of sizes stand in brackets."""
    found = read_shapes({"A": text})["A"].shape

    assert printed == str(found)
    assert found == read_shapes({"A": printed})["A"].shape


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(m + n", "a bracket is not closed"),
        ("(m / 2)", "is no size"),
        ("()", "is no size: there is no expression"),
        ("(m, n) x p", "is no size"),
        ("(2 - 2)", "a size of A is 0"),
        ("(m - 2 m)", "a size of A is -m"),
        ("(sin) x 2", "sin is a function"),
    ],
)
def test_what_is_no_composite_size(text: str, message: str) -> None:
    """Brackets hold sums and products that can be positive."""
    with pytest.raises(ShapeError, match=re.escape(message)):
        read_shapes({"A": text})


@pytest.mark.parametrize("text", ["(99999999999 m)", "(" + " + ".join("abcdefgh" * 4) + ")"])
def test_composite_sizes_are_bounded(text: str) -> None:
    """Neither huge numbers nor long sums are read."""
    with pytest.raises(LimitError):
        read_shapes({"A": text})


@pytest.mark.parametrize(
    ("expression", "variable"),
    [
        ("sum(conv2(V, K) .* G)", "K"),
        ("tr(A kron(B, C))", "B"),
        ("a' kron(B, C) d", "C"),
        ("||vec(X) - y||^2", "X"),
    ],
)
def test_shapes_of_an_answer_can_be_declared(expression: str, variable: str) -> None:
    """What a derivation says of its shapes, declared again, gives the same answer."""
    first = derive(expression, variable, verify=False)
    again = derive(expression, variable, shapes=first.shapes, verify=False)

    assert (str(first), first.shapes, ()) == (str(again), again.shapes, again.assumptions)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((Dim.of("H") - Dim.of(3)) // 2 + ONE, "(H - 1)//2"),
        ((Dim.of("H") - Dim.of("K")) // 2 + ONE, "(H - K)//2 + 1"),
        ((Dim.of("H") + Dim.of("H")) // 2, "H"),
        (Dim.of(2) * (Dim.of("H") // 2), "2 (H//2)"),
        (Dim.of("n") * (Dim.of("H") // 2) + ONE, "(H//2) n + 1"),
        (Dim.of("H") // 2 - Dim.of("K") // 2, "H//2 - K//2"),
        (Dim.of("H") // 2 // 2, "H//4"),
        (((Dim.of("H") - ONE) // 2 - ONE) // 2, "(H - 3)//4"),
        (Dim.of(7) // 2, "3"),
        (Dim.of("H") * Dim.of(5) // 3, "(2 H)//3 + H"),
    ],
)
def test_a_quotient_rounded_down_is_a_size(size: Dim, expected: str) -> None:
    """It prints as it is written, reads back as the same size, and has a value."""
    assert str(size) == expected
    assert size_of(size.syntax()) == size
    assert size.names <= {"H", "K", "n"}


def test_a_quotient_rounded_down_has_one_form_and_a_value() -> None:
    """Two ways to write it are equal, and both are worth the quotient."""
    size, other = (Dim.of("H") - Dim.of(3)) // 2 + ONE, (Dim.of("H") - ONE) // 2

    assert size == other
    assert [size.evaluate({"H": h}) for h in (3, 4, 5, 8)] == [1, 1, 2, 3]
    assert pickle.loads(pickle.dumps(size)) == size
    assert pickle.loads(pickle.dumps(size)).evaluate({"H": 9}) == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("N x H//2", "N x H//2"),
        ("((H - 3)//2 + 1)", "((H - 1)//2)"),
        ("H//2 x (W//2)", "H//2 x W//2"),
        ("(n (H//2))", "(H//2) n"),
        ("7//2", "3"),
    ],
)
def test_a_declared_size_may_be_a_quotient(text: str, expected: str) -> None:
    """Rounded down, with brackets or without."""
    found = read_shapes({"x": text})["x"].shape

    assert expected in {str(found), f"({found})", str(found.rows)}
    assert found == read_shapes({"x": str(found)})["x"].shape


def test_a_size_is_divided_by_whole_numbers() -> None:
    """By names it is not."""
    with pytest.raises(ShapeError, match="divided by whole numbers only"):
        read_shapes({"x": "H//k"})


def test_a_quotient_rounded_down_is_shown_as_one() -> None:
    """In LaTeX with its own brackets, in text with those that it needs."""
    size = Dim.of(2) * (Dim.of("H") // 2)

    assert r"2 \left\lfloor \frac{H}{2} \right\rfloor" == latex(size.syntax())
    assert "2 (H // 2)" == render_text(size.syntax())
