"""Text to programs: precedence, statements, limits, and the exact words of the errors."""

import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dimderiv.errors import DimderivError, LimitError, ParseError, UnknownNameError
from dimderiv.language.parser import parse_expression, parse_program
from dimderiv.language.structure import SPELLED
from dimderiv.language.syntax import (
    Add,
    Binary,
    Call,
    Entry,
    IndexForm,
    Name,
    Negative,
    Number,
    Statement,
    Transpose,
    Tree,
    children,
)
from dimderiv.language.vocabulary import BUILTIN_FUNCTIONS, RESERVED_WORDS

CASES = Path(__file__).parent.with_name("cases")
MESSAGES = (CASES / "parse_errors.txt").read_text(encoding="utf-8").strip().split("\n----\n")
A, B, X, a, b, c, w, x, y = (Name(letter) for letter in "ABXabcwxy")


def number(value: str) -> Number:
    """An exact number."""
    return Number(Fraction(value))


def order(sizes: Tree, p: Tree) -> Binary:
    """The norm of an order by its definition."""
    powers = Call("sum", (Binary(".^", sizes, p),))
    return Binary("^", powers, Binary("/", number("1"), p))


def times(left: Tree, right: Tree) -> Binary:
    """A product."""
    return Binary("*", left, right)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("A B x", times(times(A, B), x)),
        ("a / b c", times(Binary("/", a, b), c)),
        ("a .* b c", times(Binary(".*", a, b), c)),
        ("a b ./ c", Binary("./", times(a, b), c)),
        ("a + b - c", Add((a, b, Negative(c)))),
        ("a - (b + c)", Add((a, Negative(Add((b, c)))))),
        ("a + b c", Add((a, times(b, c)))),
        ("A B \\ -x", Call("solve", (times(A, B), Negative(x)))),
        ("A\\b c", times(Call("solve", (A, b)), c)),
        ("a > b + c", Binary(">", a, Add((b, c)))),
        ("2x", times(number("2"), x)),
    ],
)
def test_products_bind_tighter_than_sums_and_sums_than_comparisons(
    source: str, expected: Tree
) -> None:
    """Products of all kinds are one level, read from left to right."""
    assert expected == parse_expression(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("-x^2", Negative(Binary("^", x, number("2")))),
        ("-A x", Negative(times(A, x))),
        ("-a + b", Add((Negative(a), b))),
        ("a * -b", times(a, Negative(b))),
        ("a * -b c", times(times(a, Negative(b)), c)),
        ("a - -b", Add((a, Negative(Negative(b))))),
        ("+a", a),
        ("a -b", Add((a, Negative(b)))),
    ],
)
def test_a_leading_minus_is_looser_than_products_and_powers(source: str, expected: Tree) -> None:
    """After an operator a minus belongs to the next factor alone."""
    assert expected == parse_expression(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("A'^2", Binary("^", Transpose(A), number("2"))),
        ("X^2'", Transpose(Binary("^", X, number("2")))),
        ("A''", Transpose(Transpose(A))),
        ("a^b^c", Binary("^", Binary("^", a, b), c)),
        ("a^b c", times(Binary("^", a, b), c)),
        ("X^-1", Binary("^", X, Negative(number("1")))),
        ("x.^-0.5", Binary(".^", x, Negative(number("0.5")))),
        ("X^T w", times(Transpose(X), w)),
        ("X^TX", times(Transpose(X), X)),
        ("x.T", Transpose(x)),
        ("A^-T", Transpose(Binary("^", A, Negative(number("1"))))),
        ("A⁻ᵀ", Transpose(Binary("^", A, Negative(number("1"))))),
        ("a^(T)", Binary("^", a, Name("T"))),
        ("x .^ T", Binary(".^", x, Name("T"))),
    ],
)
def test_powers_and_transposes_apply_from_left_to_right(source: str, expected: Tree) -> None:
    """They bind tightest of all."""
    assert expected == parse_expression(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "||X w - y||^2",
            Binary("^", Call("norm2", (Add((times(X, w), Negative(y))),)), number("2")),
        ),
        ("||x||_1 ||y||_2", times(Call("norm1", (x,)), Call("norm2", (y,)))),
        ("‖X‖_F'", Transpose(Call("normF", (X,)))),
        ("||X||_*", Call("normN", (X,))),
        ("||x||_4", order(x, number("4"))),
        ("||x||_3", order(Call("abs", (x,)), number("3"))),
        ("‖x‖_p", order(Call("abs", (x,)), Name("p"))),
        ("norm(x)", Call("norm2", (x,))),
        ("sum(X, axis=1)", Call("sum", (X,), axis=1)),
        ("sum(X, axis = 0)'", Transpose(Call("sum", (X,), axis=0))),
        ("kron(A, B)", Call("kron", (A, B))),
        ("ln(x)", Call("log", (x,))),
        ("exp(x > y)", Call("exp", (Binary(">", x, y),))),
        ("ones(2, 3)", Call("ones", (number("2"), number("3")))),
    ],
)
def test_norms_are_calls(source: str, expected: Tree) -> None:
    """Norms in bars, functions and their aliases are one kind of node."""
    assert expected == parse_expression(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("max(0, x)", Call("relu", (x,))),
        ("max(x, 0)", Call("relu", (x,))),
        ("max(x, y)", Call("max", (x, y))),
        ("min(x, 0)", Call("min", (x, Number(Fraction(0))))),
        ("max(x)", Call("max", (x,))),
        ("max(x, axis=0)", Call("max", (x,), 0)),
    ],
)
def test_the_larger_of_zero_and_something_is_a_rectifier(source: str, expected: Tree) -> None:
    """The hinge loss is mostly written `max(0, 1 - y f)`."""
    assert expected == parse_expression(source)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("0.5", Fraction(1, 2)),
        (".5", Fraction(1, 2)),
        ("2.", Fraction(2)),
        ("1e-5", Fraction(1, 10**5)),
        ("2.5E3", Fraction(2500)),
        ("0.1", Fraction(1, 10)),
    ],
)
def test_numbers_are_exact(source: str, value: Fraction) -> None:
    """No digit is lost to binary fractions."""
    assert Number(value) == parse_expression(source)


def test_an_index_form_has_letters_with_sizes_and_entries() -> None:
    """It takes in the whole expression after its head."""
    i, j, k, m = (Name(letter) for letter in "ijkm")
    product = times(
        Entry(Transpose(A), (i, Add((j, Negative(k))))), Entry(x, (Add((times(j, m), i)),))
    )
    body = Call("sum", (product,), over=(("k", None),))

    expected = IndexForm((("i", m), ("j", times(number("2"), m))), body)
    assert expected == parse_expression("[i:m, j:2 m] A'[i, j - k] x[j m + i]")


def test_an_index_form_of_a_scalar_has_no_letters() -> None:
    """All letters of its body are summed."""
    entry = Entry(x, (Name("k"),))

    assert IndexForm((), Call("sum", (entry,), over=(("k", None),))) == parse_expression("[] x[k]")


def test_an_axis_of_an_index_form_may_have_several_letters() -> None:
    """Letters in brackets share an axis; the sizes of the axes are told apart by `groups`."""
    i, j, k, m, n = (Name(letter) for letter in "ijkmn")
    sizes = (("i", m), ("k", number("2")), ("j", n))
    body = times(Entry(A, (i, j)), Entry(x, (k,)))

    form = parse_expression("[(i:m, k:2), j:n] A[i,j] x[k]")

    assert IndexForm(sizes, body, (2, 1)) == form
    assert isinstance(form, IndexForm)
    assert (sizes[:2], sizes[2:]) == form.axes


def test_a_letter_in_brackets_of_its_own_is_that_letter() -> None:
    """Without an axis of several letters there are no groups."""
    form = parse_expression("[(i:m), j:n] A[i,j]")

    assert parse_expression("[i:m, j:n] A[i,j]") == form
    assert isinstance(form, IndexForm)
    assert [1, 1] == [len(letters) for letters in form.axes]


@pytest.mark.parametrize(
    "source",
    [
        "[(), j:n] A[j,j]",
        "[(i:m, j:n] A[i,j]",
        "[(i:m, i:n)] A[i,i]",
        "[(i:m, (j:n))] A[i,j]",
        "[(i:m,)] A[i,i]",
        "[(i:m) j:n] A[i,j]",
        "[i:m)] A[i,i]",
    ],
)
def test_heads_of_index_forms_that_are_none(source: str) -> None:
    """Brackets in a head hold letters with sizes, between commas."""
    with pytest.raises(ParseError):
        parse_expression(source)


@pytest.mark.parametrize(
    ("source", "names", "expected"),
    [
        ("K(m, n)", (), Call("K", (Name("m"), Name("n")))),
        (
            "A K (2 m, 3)'",
            (),
            times(A, Transpose(Call("K", (times(number("2"), Name("m")), number("3"))))),
        ),
        ("K (x)", (), times(Name("K"), x)),
        ("K (A + B)", (), times(Name("K"), Add((A, B)))),
        ("K x", (), times(Name("K"), x)),
        ("K(kron(A, B))", (), times(Name("K"), Call("kron", (A, B)))),
        ("K (x) K(m, n)", (), times(times(Name("K"), x), Call("K", (Name("m"), Name("n"))))),
    ],
)
def test_the_commutation_matrix_has_two_arguments(
    source: str, names: tuple[str, ...], expected: Tree
) -> None:
    """`K` before anything else is a symbol."""
    assert expected == parse_expression(source, names=names)


@pytest.mark.parametrize(("source", "names"), [("K(m, n)", ("K",)), ("K = A; x' K(m, n) x", ())])
def test_a_known_name_is_no_commutation_matrix(source: str, names: tuple[str, ...]) -> None:
    """Where K is declared or defined, two arguments after it are an error."""
    with pytest.raises(ParseError, match="comma stands only between the arguments"):
        parse_program(source, names=names)


def test_a_function_of_ones_own_may_be_called_as_the_commutation_matrix() -> None:
    """It is a function before any brackets then."""
    functions = BUILTIN_FUNCTIONS | {"K"}

    assert Call("K", (x,)) == parse_expression("K(x)", functions=functions)
    assert Call("K", (x, y)) == parse_expression("K(x, y)", functions=functions)


def test_statements_are_definitions_and_a_last_value() -> None:
    """Semicolons and newlines separate them; empty ones do not count."""
    program = parse_program("; r = Xw  # the residual\n\nexp(r\n);;")

    expected = (Statement("r", times(X, w)), Statement(None, Call("exp", (Name("r"),))))
    assert expected == program.statements


def test_the_last_statement_may_be_a_definition() -> None:
    """Its value is the value of the whole."""
    assert (Statement("y", x),) == parse_program("y = x").statements


def test_a_defined_greek_letter_is_its_name() -> None:
    """The left side and the uses may be written in either way."""
    expected = (Statement("lambda", x), Statement(None, Name("lambda")))
    assert expected == parse_program("λ = x; lambda").statements


def test_spans_cover_the_text_of_a_node() -> None:
    """Every span lies in the span of the node above it."""
    source = "r = ||X (w - 2)||_1^2 ./ sum(-x', axis=0) + A^-T; [i:m] r[i + 1]"
    program = parse_program(source)
    texts = []
    nodes = [statement.value for statement in program.statements]
    while nodes:
        node = nodes.pop(0)
        texts.append(source[slice(*node.span)])
        for child in children(node):
            assert node.span[0] <= child.span[0] <= child.span[1] <= node.span[1]
            nodes.append(child)

    wanted = {
        "||X (w - 2)||_1",
        "X (w - 2)",
        "w - 2",
        "- 2",
        "sum(-x', axis=0)",
        "-x'",
        "A^-T",
        "r[i + 1]",
    }
    assert wanted <= set(texts)


def test_equality_does_not_look_at_spans() -> None:
    """Spaces change no tree."""
    assert parse_program("2 x' A") == parse_program(" 2x'A ")


def test_parse_expression_wants_one_expression() -> None:
    """Definitions and several statements are refused."""
    with pytest.raises(ParseError, match="one expression is wanted"):
        parse_expression("y = x; y")


@pytest.mark.parametrize("word", sorted(RESERVED_WORDS))
def test_reserved_words_cannot_be_defined(word: str) -> None:
    """A function keeps its meaning in every text."""
    with pytest.raises(ParseError):
        parse_program(f"{word} = 3")


@pytest.mark.parametrize("function", sorted(BUILTIN_FUNCTIONS - SPELLED))
def test_every_function_reads_with_brackets_alone(function: str) -> None:
    """Without brackets its name is an error that says how to write it."""
    assert Call(function, (x,)) == parse_expression(f"{function}(x)")
    with pytest.raises(ParseError, match=f"write {function}"):
        parse_expression(f"{function} x")


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.splitlines()[2].strip())
def test_messages(message: str) -> None:
    """An error says what is wrong, where, what is known and what to try, in these words."""
    source = message.splitlines()[2].removeprefix("    ")
    with pytest.raises(DimderivError) as caught:
        parse_program(source)

    assert message == str(caught.value)


def test_messages_count_lines_from_one() -> None:
    """The picture shows the line that is meant; an opening bracket is found by its line."""
    with pytest.raises(ParseError) as caught:
        parse_program("y = A x\n2 (y -\n  3")

    assert (
        "a bracket is not closed: ')' is missing\n\n      3\n       ^\n\n"
        "known: '(' opens at line 2, column 3\n\ntry: add ')'"
    ) == str(caught.value)


@pytest.mark.parametrize("operator", ["+", "*", ".*", "/"])
def test_a_line_that_begins_with_an_operator_does_not_lose_the_line_before(operator: str) -> None:
    """The hint says how to go on in the next line."""
    with pytest.raises(ParseError) as caught:
        parse_program(f"y = x\n{operator} 2")

    assert caught.value.hint == "end the line before with the operator"


def test_a_hint_names_the_nearest_known_name() -> None:
    """Declared and defined names are among the suggestions."""
    with pytest.raises(UnknownNameError) as caught:
        parse_program("scores(x)", names={"score"})

    assert caught.value.hint == "write score"


@pytest.mark.parametrize(
    "source",
    [
        "x" * 200_001,
        "(" * 101 + "x" + ")" * 101,
        "exp(" * 800 + "x" + ")" * 800,
        "||" * 5_000 + "x",
        "x " * 201,
        "x" + "'" * 200,
        "-" * 200 + "x",
        "X" * 100_000,
        "exp(2 - " * 70 + "x" + ")" * 70,
        "kron(" + "x, " * 20 + "x)",
        ";".join(f"a{i} = x" for i in range(5_001)),
        "[i:m] x[" + "2 " * 300 + "i]",
    ],
)
def test_what_is_too_large_is_refused(source: str) -> None:
    """Length, nesting, depth, arguments and statements have limits; none ends in a crash."""
    with pytest.raises(LimitError) as caught:
        parse_program(source)

    assert caught.value.hint


@pytest.mark.parametrize(
    "source",
    [
        "(" * 100 + "x" + ")" * 100,
        "a > -b * -c^-exp(" * 25 + "x" + ")" * 25,
        "x " * 199,
        "+".join(["x"] * 10_000),
        ";".join(f"a{i} = x" for i in range(5_000)),
        "\n" * 199_000 + "x",
    ],
)
def test_what_is_large_but_within_the_limits_is_read(source: str) -> None:
    """A sum of many terms is not deep."""
    assert parse_program(source).statements


def test_a_full_stack_is_a_limit_too() -> None:
    """Called from deep inside a recursion the parser still raises an error of its own."""

    def call_from(depth: int) -> None:
        if depth:
            call_from(depth - 1)
        else:
            parse_program("(" * 100 + "x" + ")" * 100)

    with pytest.raises(LimitError, match="stack"):
        call_from(sys.getrecursionlimit() // 2)


PIECES = (*"xXTIλ2(),;=+-*/^'|‖[]:.<@#_ \n\0é", "||", "exp(", "axis=", "mu", ".*", "1e", "_F")


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join) | st.text(max_size=20))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    """Errors are of the family, know their text, and say what to try."""
    try:
        program = parse_program(text)
    except DimderivError as error:
        assert error.source == text
        assert error.hint
        assert error.span is not None
        assert 0 <= error.span[0] <= error.span[1] <= len(text)
        assert str(error)
    else:
        assert program.statements
