"""Text to tokens: letters, numbers, bars, spellings and line ends."""

import pytest

from dimderiv.errors import LimitError, ParseError, UnknownNameError
from dimderiv.language import canonical_name, tokenize


def texts(source: str, *names: str) -> list[str]:
    """The texts of the tokens, without the end."""
    return [token.text for token in tokenize(source, names=names)[:-1]]


def kinds(source: str) -> list[str]:
    """The kinds of the tokens, without the end."""
    return [token.kind for token in tokenize(source)[:-1]]


@pytest.mark.parametrize(
    ("word", "names", "expected"),
    [
        ("Xw", (), ["X", "w"]),
        ("X'AX", (), ["X", "'", "A", "X"]),
        ("W1x", (), ["W1", "x"]),
        ("x_iy", (), ["x_iy"]),
        ("W_q2 k", (), ["W_q2", "k"]),
        ("2x10y", (), ["2", "x10", "y"]),
        ("score", ("score",), ["score"]),
        ("Xscore", ("score",), ["X", "score"]),
        ("scores", ("score", "core"), ["score", "s"]),
        ("score1", ("score",), ["s", "c", "o", "r", "e1"]),
        ("W1", ("W",), ["W1"]),
        ("W_qX", ("W_q",), ["W_q", "X"]),
        ("mean", ("mean",), ["mean"]),
    ],
)
def test_adjacent_letters_split_unless_a_name_covers_them(
    word: str, names: tuple[str, ...], expected: list[str]
) -> None:
    """Letters are symbols of their own; the longest known name comes first."""
    assert expected == texts(word, *names)


@pytest.mark.parametrize(
    ("word", "names", "expected"),
    [
        ("lambda", (), ["lambda"]),
        ("λ", (), ["lambda"]),
        ("λ_1X", (), ["lambda_1X"]),
        ("Xλ1y", (), ["X", "lambda1", "y"]),
        ("muX", (), ["mu", "X"]),
        ("mu1", (), ["mu1"]),
        ("thetax", (), ["theta", "x"]),
        ("alphabeta", (), ["alpha", "beta"]),
        ("Xmu", (), ["X", "m", "u"]),
        ("Xmu", ("mu",), ["X", "mu"]),
        ("pψ", (), ["p", "psi"]),
        ("AΔx", ("Δx",), ["A", "Deltax"]),
        ("ϕ\N{MICRO SIGN}", (), ["phi", "mu"]),
        ("2πr", (), ["2", "pi", "r"]),
    ],
)
def test_greek_letters_and_their_names_are_the_same(
    word: str, names: tuple[str, ...], expected: list[str]
) -> None:
    """A Greek name counts where a word starts with it, a Greek letter anywhere."""
    assert expected == texts(word, *names)


def test_a_name_with_a_greek_letter_is_spelled_out() -> None:
    """Declarations and texts meet in one spelling."""
    assert "Sigma_1" == canonical_name("Σ_1")


def test_a_defined_name_is_known_everywhere_in_the_text() -> None:
    """The left sides of all statements are names, also long ones."""
    assert ["hidden", "=", "X", "w", ";", "A", "hidden"] == texts("hidden = Xw; Ahidden")


def test_a_comment_defines_nothing() -> None:
    """What looks like a statement in a comment is not read."""
    assert ["X", "w"] == texts("# note; Xw = 3\nXw")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a .* b ⊙ c", [".*", ".*"]),
        ("a ./ b ⊘ c", ["./", "./"]),
        ("a * b @ c · d × e", ["*", "*", "*", "*"]),
        ("a .^ b ** c", [".^", ".^"]),
        ("a − b - c", ["-", "-"]),
        ("a' b’ c′ dᵀ e.T f.'", ["'"] * 6),
        ("a <= b ≤ c >= d ≥ e", ["<=", "<=", ">=", ">="]),
    ],
)
def test_spellings_of_an_operator_are_one(source: str, expected: list[str]) -> None:
    """Habits from mathematics, MATLAB and NumPy end in the same tokens."""
    assert expected == [kind for kind in kinds(source) if kind != "name"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x²", ["x", "^", "2"]),
        ("x¹⁰", ["x", "^", "10"]),
        ("X⁻¹", ["X", "^", "-", "1"]),
        ("X⁻ᵀ", ["X", "^", "-", "T"]),
    ],
)
def test_superscripts_are_powers(source: str, expected: list[str]) -> None:
    """A raised number is a power with its tokens written out."""
    assert expected == texts(source)


@pytest.mark.parametrize(
    ("source", "names", "expected"),
    [
        ("0.5x", (), ["0.5", "x"]),
        (".5", (), [".5"]),
        ("1e-5x", (), ["1e-5", "x"]),
        ("2e1", (), ["2e1"]),
        ("2e1", ("e1",), ["2", "e1"]),
        ("2e", (), ["2", "e"]),
        ("2.*x", (), ["2", ".*", "x"]),
        ("1./x", (), ["1", "./", "x"]),
        ("2. x", (), ["2.", "x"]),
        ("2exp(x)", (), ["2", "exp", "(", "x", ")"]),
    ],
)
def test_numbers_end_where_an_operator_or_a_name_begins(
    source: str, names: tuple[str, ...], expected: list[str]
) -> None:
    """A point belongs to a number or to an operator, an `e` to a number or to a name."""
    assert expected == texts(source, *names)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("||x||", "open name close"),
        ("||x|| ||y||", "open name close open name close"),
        ("||a - ||b||||", "open name - open name close close"),
        ("||(x ||y||) z||", "open ( name open name close ) name close"),
        ("‖x ||y||‖", "open name open name close close"),
        ("x ||y||", "name open name close"),
    ],
)
def test_a_bar_after_an_operand_closes_the_same_bar(source: str, expected: str) -> None:
    """Otherwise a bar opens a norm."""
    assert expected.split() == kinds(source)


@pytest.mark.parametrize(
    ("source", "norm"),
    [
        ("||x||", "norm2"),
        ("‖x‖_1", "norm1"),
        ("||x||_2^2", "norm2"),
        ("||X||_F", "normF"),
        ("||X||_*", "normN"),
    ],
)
def test_a_closing_bar_carries_its_norm(source: str, norm: str) -> None:
    """The suffix says which norm it is."""
    assert [norm] == [token.text for token in tokenize(source) if token.kind == "close"]


@pytest.mark.parametrize(
    ("source", "statements"),
    [
        ("a\nb", 2),
        ("a; b", 2),
        ("a +\nb", 1),
        ("a = \n b", 1),
        ("exp(a\n+ b)", 1),
        ("||a\n||", 1),
        ("a # +\nb", 2),
        ("\n\n a \n\n", 1),
        ("a'\r\nb", 2),
    ],
)
def test_a_newline_ends_a_statement_unless_something_is_open(source: str, statements: int) -> None:
    """Inside brackets and after an operator the statement goes on."""
    groups = "".join("; " if kind == ";" else "x" for kind in kinds(source))

    assert statements == len(groups.strip("; ").split("; "))


def test_functions_have_brackets_and_aliases() -> None:
    """A function's name before a bracket is a function, with its first name."""
    assert ["function", "(", "name", ")"] == kinds("trace (X)")
    assert ["tr", "(", "X", ")"] == texts("trace (X)")


def test_a_function_may_follow_known_letters() -> None:
    """`Xexp(w)` is `X exp(w)` if X is declared."""
    assert ["X", "exp", "(", "w", ")"] == texts("Xexp(w)", "X")


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("K(m, n)", "function"),
        ("K (2 (m + 1), n)", "function"),
        ("K(A[i,k], 2)", "function"),
        ("K(m)", "name"),
        ("K(kron(A, B))", "name"),
        ("K(A[i,k])", "name"),
        ("K[i,k]", "name"),
        ("K(a, b, c)", "name"),
        ("K(a; b, c)", "name"),
        ("K", "name"),
    ],
)
def test_the_letter_of_the_commutation_matrix_is_a_function_of_two(source: str, kind: str) -> None:
    """Commas count that are in no further brackets."""
    assert kind == tokenize(source)[0].kind


def test_single_letters_before_a_bracket_are_factors() -> None:
    """`a(b + c)` is a product, and so is a word of declared letters."""
    assert ["a", "(", "b", ")"] == texts("a(b)")
    assert ["X", "w", "(", "b", ")"] == texts("Xw(b)", "X", "w")
    assert ["X", "w", "(", "b", ")"] == texts("Xw (b)")


def test_functions_of_ones_own_replace_the_builtin_ones() -> None:
    """Only the functions that are passed are functions."""
    tokens = tokenize("f(x)", functions={"f"})

    assert "function" == tokens[0].kind


def test_tokens_know_where_they_stand() -> None:
    """Offsets count characters of the text as written, also beside Greek letters."""
    assert [(1, 2), (2, 3), (4, 5)] == [token[2:] for token in tokenize(" λx y")[:-1]]


@pytest.mark.parametrize("source", ["Xw(a)", "foo(x)", "xlog (a)", "eval(x)"])
def test_a_word_before_a_bracket_that_is_no_function_is_unknown(source: str) -> None:
    """It is not taken for letters."""
    with pytest.raises(UnknownNameError, match="is not a known function"):
        tokenize(source)


@pytest.mark.parametrize("character", tuple('"`\\${}!&%?~|_√é中\0\u200b\ufeff\x1b\ud800'))
def test_other_characters_are_refused_by_name(character: str) -> None:
    """Each error has its place and something to try."""
    with pytest.raises(ParseError) as caught:
        tokenize(f"x {character} y")

    assert (2, 3) == caught.value.span
    assert caught.value.hint


def test_a_full_width_character_has_its_plain_form_suggested() -> None:
    """Input methods for Chinese write brackets that look almost right."""
    with pytest.raises(ParseError) as caught:
        tokenize("A （x）")

    assert "write (" == caught.value.hint


@pytest.mark.parametrize("number", ["9" * 61, "1e61", "1e-61", "1e" + "9" * 5000, "x" + "²" * 61])
def test_huge_numbers_are_refused(number: str) -> None:
    """No text of thousands of digits becomes a number."""
    with pytest.raises(LimitError):
        tokenize(number)


@pytest.mark.parametrize("number", ["9" * 60, "1e60", "1e-060"])
def test_large_numbers_are_read(number: str) -> None:
    """Sixty digits are enough for any constant."""
    assert [number] == texts(number)
