"""Text to tokens: letters, numbers, bars, spellings and line ends."""

import pytest

from dimderiv.errors import DimderivError, LimitError, ParseError, UnknownNameError
from dimderiv.language.names import canonical_name
from dimderiv.language.tokens import tokenize


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
        ("Xmu", (), ["X", "mu"]),
        ("Xbeta1", (), ["X", "beta1"]),
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
    """A Greek name counts at the start of a word and after a capital, a Greek letter anywhere."""
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
        ("||x||₁", "norm1"),
        ("||x||₂²", "norm2"),
        ("||x||_2^2", "norm2"),
        ("||X||_F", "normF"),
        ("||X||_*", "normN"),
        ("||x||_inf", "normInf"),
        ("||x||_infty^2", "normInf"),
        ("‖x‖_∞", "normInf"),
        ("||x||_p^2", "p"),
        ("||x||_3", "3"),
        ("||x||_2.5", "2.5"),
        ("||x||_2.^2", "norm2"),
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


def test_functions_are_the_same_with_capitals() -> None:
    """Books write `Tr`, libraries `ReLU`; two capitals alone are two symbols."""
    assert ["relu", "(", "x", ")", "tr", "(", "A", ")"] == texts("ReLU(x) Tr(A)")
    assert ["T", "R", "L", "N"] == texts("TR LN")


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("K(m, n)", "function"),
        ("K (2 (m + 1), n)", "function"),
        ("K(A[i,k], 2)", "function"),
        ("K (m)", "name"),
        ("K(kron(A, B))", "name"),
        ("K(A[i,k])", "name"),
        ("K[i,k]", "name"),
        ("K (a, b, c)", "name"),
        ("K(a; b, c)", "name"),
        ("K", "name"),
    ],
)
def test_the_letter_of_the_commutation_matrix_is_a_function_of_two(source: str, kind: str) -> None:
    """Commas count that are in no further brackets."""
    assert kind == tokenize(source)[0].kind


def test_letters_before_a_bracket_are_factors() -> None:
    """`A(B + C)` is a product; with a space between, a word may be letters too."""
    assert ["A", "(", "B", "+", "C", ")"] == texts("A(B + C)")
    assert ["a", "(", "b", ")", "-", "a"] == texts("a(b) - a")
    assert ["a", "(", "b", ")"] == texts("a(b)", "a")
    assert ["X", "w", "(", "b", ")"] == texts("Xw (b)")


def test_functions_of_ones_own_replace_the_builtin_ones() -> None:
    """Only the functions that are passed are functions."""
    tokens = tokenize("f(x)", functions={"f"})

    assert "function" == tokens[0].kind


def test_tokens_know_where_they_stand() -> None:
    """Offsets count characters of the text as written, also beside Greek letters."""
    assert [(1, 2), (2, 3), (4, 5)] == [token[2:] for token in tokenize(" λx y")[:-1]]


@pytest.mark.parametrize(
    "source",
    ["Xw(a)", "foo(x)", "xlog (a)", "eval(x)", "coth(a x)", "Xexp(w)", "lambdatr(X)", "AXB(C)"],
)
def test_a_word_before_a_bracket_that_is_no_function_is_unknown(source: str) -> None:
    """It is not taken for letters, not even for declared ones."""
    with pytest.raises(UnknownNameError, match="is not a known function"):
        tokenize(source, names={"X", "w", "a"})


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("lam", "write lambda"),
        ("lamda_1", "write lambda_1"),
        ("eps", "write epsilon"),
        ("varepsilon", "write epsilon"),
        ("sotfmax", "write softmax(...)"),
        ("logw", "write log(w)"),
        ("detX", "write det(X)"),
        ("pix", "put a space between: pi x"),
        ("sum_ij", "sum(x) of all entries, sum_{i,j}"),
        ("argmin_w", "the function alone: what is optimized is --wrt w"),
        ("min_w", "the function alone: what is optimized is --wrt w"),
        ("wrt", "the function alone"),
        ("log_2", "log(x) / log(2)"),
        ("rge", "declare it: rge: scalar, rge: n or rge: m x n; letters have spaces between"),
        ("Loss", "the formula"),
        ("scroe", "write score"),
    ],
)
def test_words_that_nobody_would_write_as_a_product_are_refused(word: str, hint: str) -> None:
    """The hint has what was probably meant, and how to declare a name."""
    with pytest.raises(UnknownNameError, match=f"{word} is not a known name") as caught:
        tokenize(f"{word} x", names={"score"})

    assert (caught.value.hint or "").startswith(hint)
    assert f"{word}: m x n" in (caught.value.hint or "")
    assert [word, "x"] == texts(f"{word} x", word)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("dY x", "one name or a product"),
        ("d/dx x", "part of a derivative"),
        ("df/dx", "part of a derivative"),
        ("Δx", "one name or a product"),
        ("d^2/dx^2 f", "part of a derivative"),
    ],
)
def test_differentials_are_no_products(source: str, says: str) -> None:
    """They name a derivative, or an array that is one."""
    with pytest.raises(UnknownNameError, match=says):
        tokenize(source)


@pytest.mark.parametrize(
    "source",
    [
        "f(x)",
        "sigma(W x + b)",
        "phi(X W)",
        "f(g(x))",
        "J(theta)",
        "c(x - y)",
        "x + f(x)",
        "f (x)",
        "f'(x) f(x)",
        "A(x)",
        "A(i, j)",
    ],
)
def test_what_looks_like_a_function_that_nobody_declared_is_a_question(source: str) -> None:
    """The hint has the declaration that would answer it."""
    with pytest.raises(UnknownNameError, match="may be a function") as caught:
        tokenize(source)

    assert ": n -> scalar" in (caught.value.hint or "")


@pytest.mark.parametrize("source", ["x(1)", "A(1, 2)", "A(:, 1)", "lambda(2)"])
def test_figures_in_brackets_would_be_entries(source: str) -> None:
    """So they are of declared names too."""
    with pytest.raises(ParseError, match="would be an entry"):
        tokenize(source, names={"x"})


def test_a_function_that_is_defined_is_a_name() -> None:
    """`f(x) = ...` is read as it stands; other arguments would make another value."""
    assert ["f", "=", "A", "x", ";", "f", "'", "f"] == texts("f(x) = A x; f(x)'f")
    assert ["loss", "=", "w", "b"] == texts("loss(w, b) = w b")
    with pytest.raises(ParseError, match=r"f\(x, y\) is defined as one value"):
        tokenize("f(x, y) = A x; f(y, x)")


@pytest.mark.parametrize(
    ("source", "ones"),
    [
        ("1'x", 1),
        ("1^T x", 1),
        ("X 1", 1),
        ("X^2 1", 1),
        ("x - 1 m'", 1),
        ("X @ 1", 1),
        ("X * 1", 0),
        ("1 1'", 2),
        ("2 1 1'", 2),
        ("x'x 1/2", 0),
        ("2 1", 0),
        ("1 x", 0),
        ("x^1'", 0),
        ("x / 1'", 0),
        ("1 - x", 0),
        ("[i:m] A[i 1, k]", 0),
    ],
)
def test_a_one_beside_an_array_is_a_vector_of_ones(source: str, ones: int) -> None:
    """Elsewhere it is the number."""
    assert ones == kinds(source).count("ones")


def test_a_one_over_a_size_after_an_array_is_a_question() -> None:
    """`X 1/n` is a mean of columns or a multiple of X."""
    with pytest.raises(ParseError, match="may be a number, or a vector of ones"):
        tokenize("X 1/n")


@pytest.mark.parametrize(
    ("source", "names", "expected"),
    [
        ("e^x", (), ["e"]),
        ("e^(-x) + e.^y", (), ["e", "e"]),
        ("e^x", ("e",), ["name"]),
        ("e^x + e", (), ["name", "name"]),
        ("e^2", (), ["name"]),
        ("e^T x", (), ["name"]),
    ],
)
def test_e_is_the_number_where_it_is_only_raised(
    source: str, names: tuple[str, ...], expected: list[str]
) -> None:
    """Otherwise it is a symbol like any other."""
    found = [token.kind for token in tokenize(source, names=names) if token.text == "e"]

    assert expected == found


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x₁'x₂", ["x_1", "'", "x_2"]),
        ("xᵢyᵢ", ["x_i", "y_i"]),
        ("x₁₂", ["x_12"]),
        ("x̂ŷ", ["x_hat", "y_hat"]),
        ("Xβ̂", ["X", "beta_hat"]),
        ("x̄ - x̃₁", ["x_bar", "-", "x_tilde_1"]),
        ("½x", ["1/2", "x"]),
        ("√(x)", ["sqrt", "(", "x", ")"]),
        ("xⁿ", ["x", "^", "n"]),
        ("A ⊗ B", ["A", "⊗", "B"]),
        ("x – y", ["x", "–", "y"]),
        ("score := A x; score", ["score", ":=", "A", "x", ";", "score"]),
        ("x^⊤ y⊤", ["x", "^⊤", "y", "⊤"]),
    ],
)
def test_signs_of_mathematics_are_read_as_people_mean_them(
    source: str, expected: list[str]
) -> None:
    """Marks and small figures are subscripts."""
    assert expected == texts(source)


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("||w||1", "write ||x||_1"),
        ("||w||inf", "write ||x||_inf"),
        ("||r||2^2", "write ||x||_2"),
        ("||X||F", "write ||X||_F"),
        ("||x||_{∞}", "write ||x||_inf"),
        ("||X||²_F", "write it as in ||X||_F^2"),
        ("2½", "write 2.5"),
        ("x_{i}", "write _i"),
        ("x^{-1}", "write ^(-1)"),
        ("x^{T}", "write '"),
        ("W^{(1)}", "give it a name of its own, such as W1"),
        ("np.linalg.inv(A)", "write the name alone: inv(...)"),
        ("x.sum()", "write sum(x)"),
        ("torch.mm(A, B)", "write A B"),
        ("1_n'x", "write ones(n, 1)"),
        ("∂f/∂x", "write the function alone"),
        ("∑ x", "write sum(x)"),
        ("𝐱", "write x"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(source: str, hint: str) -> None:
    """The hint has a spelling that is read in one."""
    with pytest.raises(ParseError) as caught:
        tokenize(source)

    assert (caught.value.hint or "").startswith(hint)


@pytest.mark.parametrize("character", tuple('"`${}!&%?~|_√é中\0\u200b\ufeff\x1b\ud800'))
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


@pytest.mark.parametrize(
    "source",
    ["XtX", "xTAx", "xT A x", "(A x)T(A x)", "XTX", "A^H A", "Σᵢ xᵢ", "Σ_i x_i", "Σ(x - y)"],
)
def test_transposes_and_sums_in_other_spellings_are_questions(source: str) -> None:
    """Each is a product by the letter, which nobody means."""
    with pytest.raises(DimderivError, match=r"may be a (transpose|sum)"):
        tokenize(source)


@pytest.mark.parametrize(
    "source",
    ["x T A x", "2T", "xT + T", "x^T y", "Sigma_i x_i", "Σ_k⁻¹ μ_k", "Σ x", "Sigma(x - y)"],
)
def test_letters_that_stand_apart_are_symbols(source: str) -> None:
    """So is a covariance with a subscript where it is inverted, or spelled out."""
    assert texts(source)


def test_coefficients_before_brackets_are_factors() -> None:
    """Nobody calls a function lambda."""
    assert ["lambda", "(", "a", "+", "b", ")"] == texts("λ(a + b)")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("f'(x)", "f before brackets may be a function"),
        ("E(x x')", "E before brackets may be a function"),
        ("x^(i)", "may be an index or a power"),
        ("W^(1) x", "may be an index or a power"),
        ("I_n x", "may be an identity or a name"),
        ("x <- y", "may be an arrow or a comparison"),
        ("||A||op", "may be its index or a factor"),
        ("x'x if x", "if is not a known name"),
        ("lnx", "lnx is not a known name"),
    ],
)
def test_signs_that_are_mostly_no_products_are_questions(source: str, says: str) -> None:
    """Each hint has a spelling for either meaning."""
    with pytest.raises(DimderivError, match=says):
        tokenize(source)


@pytest.mark.parametrize("source", ["w'(x - y)", "x^(n)", "x^(2)", "E (x)", "I x", "I1 x", "x<-y"])
def test_what_is_close_to_a_question_is_read(source: str) -> None:
    """Brackets after a transpose, and exponents that are no index, are what they are."""
    assert texts(source)
