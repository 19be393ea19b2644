"""The sentences about layouts, and about entries that are free or tied."""

import pytest

from dimderiv import derive
from dimderiv.answer import LAYOUTS
from dimderiv.errors import UnknownNameError
from dimderiv.explain.messages import LANGUAGES
from dimderiv.explain.words.conventions import layout_in_words


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_layout_has_words_of_its_own(language: str) -> None:
    """With books they say more, and no two layouts the same."""
    plain = [layout_in_words(layout, language) for layout in LAYOUTS]
    longer = [layout_in_words(layout, language, books=True) for layout in LAYOUTS]

    assert len(LAYOUTS) == len(set(plain))
    assert all(b.startswith(a) and len(b) > len(a) for a, b in zip(plain, longer, strict=True))


@pytest.mark.parametrize(
    ("expression", "shape", "options", "expected"),
    [
        ("logdet(S)", "n x n spd", {}, "structured=True (--structured) gives the derivative"),
        ("tr(S)", "n x n orthogonal", {}, "each moves by itself, although S is orthogonal"),
        ("S a", "n x n symmetric", {}, "each moves by itself, although S is symmetric"),
        ("logdet(S)", "n x n spd", {"structured": True}, "the entries of S are tied"),
        ("tr(S)", "n x n lower upper", {}, "although S is lower triangular and upper triangular"),
    ],
)
def test_a_property_that_ties_entries_is_spoken_of(
    expression: str, shape: str, options: dict[str, bool], expected: str
) -> None:
    """Whether the derivative uses it, and how to ask for the one that does."""
    (note,) = derive(expression, "S", shapes={"S": shape}, **options).notes()  # type: ignore[arg-type]

    assert expected in note
    can_be_tied = "spd" in shape or "lower" in shape
    assert (can_be_tied and not options) == ("--structured" in note)


def test_nothing_is_said_of_other_symbols() -> None:
    """Neither of constants nor of what is only positive."""
    assert () == derive("x'S x", "x", shapes="S: n x n symmetric; x: n positive").notes()


def test_in_chinese() -> None:
    """The same notes in the other language."""
    found = derive("logdet(S)", "S", shapes="S: n x n spd")

    assert found.notes() != found.notes("zh")
    assert "虽然 S 是对称正定阵" in found.notes("zh")[0]
    with pytest.raises(UnknownNameError, match=r"^'fr' is unknown"):
        found.notes("fr")


def test_the_steps_say_it_too() -> None:
    """Before the first step, and at the end where entries are tied."""
    free = derive("logdet(S)", "S", shapes="S: n x n symmetric")
    tied = derive("logdet(S)", "S", shapes="S: n x n symmetric", structured=True)
    turned = derive("A x", "x", layout="denominator")

    assert "The entries of S are free" in free.explain()
    assert "dS + dS' - dS .* I" in tied.explain()
    assert "Layout: denominator" in turned.explain()


def test_gradients_by_letters_have_one_sentence_together() -> None:
    """What is said of letters is said once, and not where an answer has none."""
    loss = "E[i,j,k] = A[i,r] B[j,r] - T[i,j,k]; 0.5 sum(E.^2)"
    shapes = "T: m x n x p; A: m x R; B: n x R"
    told = derive(loss, "A, B", shapes=shapes, verify=False).forms()

    assert [each.partition(",")[0] for each in told] == ["gradients by A (m x R) and B (n x R)"]
    assert derive("sum(X.^3)", "X", shapes="X: a x b x c", verify=False).forms() == ()


def test_what_is_handed_down_names_the_value() -> None:
    """A value that is defined by its letters is told by its name."""
    source = "H[n,o] = X[n,c] W[o,c]; F[n,o] = tanh(H[n,o]) H[n,o]"
    derivation = derive(source, "W", shapes="X: N x C; W: O x C", upstream="G", verify=False)
    words = " ".join(derivation.explain().split())

    assert "F, differentiated by W" in words
    assert "the gradient of sum(G .* F)." in words


def test_a_page_names_no_options_of_the_command() -> None:
    """It has no command line; on one, they are what to try next."""
    jacobian = derive("softmax(x)", "x")
    tied = derive("logdet(S)", "S", shapes="S: n x n symmetric")

    assert "--upstream" in jacobian.explain()
    assert "--structured" in tied.explain()
    for found in (jacobian, tied):
        assert "--" not in found.explain(markup="html")
