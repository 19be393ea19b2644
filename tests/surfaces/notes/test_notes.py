"""Notes: what is read, what is said of it, and what is left alone."""

import json
from itertools import pairwise

import pytest

from dimderiv.errors import ParseError
from dimderiv.surfaces.notes import Report, checked_notes


def said(text: str, kind: str = "markdown") -> list[tuple[str, str]]:
    """What is said of each claim: its kind, and the claim."""
    return [(each.kind, each.claim) for each in checked_notes(text, kind).findings]


def kinds(text: str, kind: str = "markdown") -> list[str]:
    """The kinds of what is said, in order."""
    return [kind for kind, _ in said(text, kind)]


def filled(text: str, kind: str = "markdown") -> str:
    """The text with its blanks filled."""
    return checked_notes(text, kind, fill=True).text


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\nabla_x (x^\top A x) = (A + A^\top) x", "right"),
        (r"\nabla_x (x^\top A x) = 2 A x", "wrong"),
        (r"\frac{\partial}{\partial X} \operatorname{tr}(A X) = A^\top", "right"),
        (r"\partial_x (a^\top x) = a", "right"),
        (r"\dfrac{\mathrm{d} \|x\|^2}{\mathrm{d} x} = 2x", "right"),
        (r"\frac{d}{d x} \|x\|^2 = x", "wrong"),
        (r"\nabla_x^2 \left(x^\top A x\right) = A + A^\top", "right"),
        (r"\frac{\partial^2 (x^\top A x)}{\partial x \partial x^\top} = A + A^\top", "right"),
        (r"\frac{\partial (a^\top x)}{\partial x^\top} = a^\top", "right"),
        (r"\partial (a^\top x) / \partial x = a", "right"),
    ],
)
def test_claims_are_read_as_they_are_written(claim: str, expected: str) -> None:
    """A nabla, quotients of two kinds, an index, a second derivative."""
    assert [expected] == kinds(f"${claim}$")


def test_each_side_of_a_chain_is_a_claim() -> None:
    """The last one may be the wrong one, also in a line of its own."""
    text = r"""\begin{align*}
    \nabla_w \|Xw - y\|^2 &= 2 X^\top (Xw - y) \\
    &= 2 X^\top X w - X^\top y
    \end{align*}"""

    assert ["right", "wrong"] == kinds(text)
    assert 3 == checked_notes(text, "markdown").findings[1].place.line


def test_a_logarithm_is_defined_as_statisticians_write_it() -> None:
    r"""`\log p(x) = ...` says what p is, whose logarithm is differentiated afterwards."""
    text = r"""$\log p(x \mid \mu) = -\tfrac12 (x - \mu)^\top \Sigma^{-1} (x - \mu)$ with
    $\Sigma \in \mathbb{S}^n$: $\nabla_\mu \log p(x \mid \mu) = \Sigma^{-1} (x - \mu)$ and
    $\frac{\partial \log p}{\partial x} = \Sigma^{-1} (x - \mu)$."""

    assert ["right", "wrong"] == kinds(text)


def test_a_blank_is_filled_and_nothing_else_changes() -> None:
    """Line ends, a mark at the beginning, tabs, and no line end at the end."""
    text = "\ufeff# a\r\n\tis it?\r\n$$\\nabla_x \\|x\\|^2 = ?$$\r\n\r\n`$?$` $x$?"

    assert text.replace("= ?", "= 2 x") == filled(text)
    assert ["open"] == kinds(text)


def test_a_blank_of_a_notebook_is_filled_inside_of_its_json() -> None:
    """The file is not written anew: whatever stood there, and how, stands there still."""
    cell = {"cell_type": "markdown", "source": ["a\n", r"$\nabla_X \log\det X = ?$"]}
    code = {"cell_type": "code", "source": "# $\\nabla_x x = ?$", "outputs": []}
    raw = json.dumps({"cells": [code, cell]}, indent=3) + " \n"
    report = checked_notes(raw, "notebook", fill=True)

    assert raw.replace("X = ?$", r"X = X^{-\\top}$") == report.text
    assert [(2, 2, 2)] == [each.place.cell for each in report.findings]


@pytest.mark.parametrize(
    "text",
    [
        r"`$\nabla_x \|x\|^2 = x$`",
        "```python\n$\\nabla_x \\|x\\|^2 = x$\n```",
        "~~~~\n```\n$\\nabla_x \\|x\\|^2 = x$\n~~~~",
        "a\n\n    $\\nabla_x \\|x\\|^2 = x$\n",
        "<!-- $\\nabla_x \\|x\\|^2 = x$ -->",
        "---\ntitle: $\\nabla_x \\|x\\|^2 = x$\n---\n",
        r"from \$5 to \$\nabla_x \|x\|^2 = x$",
        "<pre>$\\nabla_x \\|x\\|^2 = x$</pre>",
    ],
)
def test_what_is_no_formula_in_markdown_is_left_alone(text: str) -> None:
    """Code, comments, the header, and dollars that are prices."""
    assert [] == kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "% $\\nabla_x \\|x\\|^2 = x$",
        "\\begin{verbatim}\n$\\nabla_x \\|x\\|^2 = x$\n\\end{verbatim}",
        "\\begin{lstlisting}[x]\n$\\nabla_x \\|x\\|^2 = x$\n\\end{lstlisting}",
        r"\verb|$\nabla_x x = x$|",
        "$\\nabla_x \\|x\\|^2 = x$ \\begin{document} \\end{document}",
    ],
)
def test_what_is_no_formula_in_latex_is_left_alone(text: str) -> None:
    """Comments, what is verbatim, what stands before the document."""
    assert [] == kinds(text, "latex")


def test_prices_are_no_formulas() -> None:
    """And a formula after them is one."""
    report = checked_notes(r"From $5 to $10, or $20-$30: $\nabla_x \|x\|^2 = 2x$", "markdown")

    assert (1, ["right"]) == (report.formulas, [each.kind for each in report.findings])


def test_a_comment_says_to_ignore() -> None:
    """The line that it stands in, or the next formula where it has a line for itself."""
    wrong = r"$\nabla_x \|x\|^2 = x$"

    assert ["wrong"] == kinds(f"{wrong} <!-- dimderiv: ignore -->\n{wrong}")
    assert ["wrong"] == kinds(f"<!-- dimderiv: ignore -->\n\n{wrong} and {wrong}")
    assert ["wrong"] == kinds(f"% dimderiv: ignore\n{wrong}\n\n{wrong}", "latex")


def report_of(text: str) -> Report:
    """What is said of Markdown."""
    return checked_notes(text, "markdown")


def test_symbols_mean_what_was_last_said_above() -> None:
    """A new section declares anew, and what it declares holds there."""
    text = r"""# One
    $A \in \mathbb{R}^{m \times n}$, $f(x) = \|Ax\|^2$, $\nabla f(x) = 2 A^\top A x$.

# Two
    $A \in \mathbb{S}^{n}$, $f(x) = x^\top A x$, $\nabla f = 2 A x$."""

    assert ["right", "right"] == kinds(text.replace("\n    ", "\n"))


def test_what_an_earlier_section_declares_raises_no_false_alarm() -> None:
    """Where a formula does not conform with it, another thing is meant."""
    claim = r"$\nabla_x(x^\top A x) = (A + A^\top)x$"
    text = f"# One\n$A \\in \\mathbb{{R}}^{{m \\times n}}$.\n# Two\n{claim}"

    assert ["right"] == kinds(text)


def test_definitions_may_follow_in_the_same_paragraph() -> None:
    """`where $r = ...$`."""
    text = r"$L = \|r\|^2$ has $\nabla_w L = 2 X^\top r$, where $r = Xw - y$."

    assert ["right"] == kinds(text)


def test_words_may_say_that_a_matrix_is_symmetric() -> None:
    """Then that is a note, and it is wrong where nobody says so."""
    claim = r"$\nabla_x (x^\top A x) = 2Ax$"

    assert ["note"] == kinds(f"We have {claim} (if $A$ is symmetric).")
    assert ["note"] == kinds(f"Let $A$ be symmetric. Then {claim}.")
    assert ["note"] == kinds(f"设 $A$ 对称，则 {claim}。")
    assert ["wrong"] == kinds(f"Let $B$ be symmetric. Then {claim}. Now let $A$ be symmetric.")
    assert ["right"] == kinds(f"$A = A^\\top$ and {claim}")


def test_a_gradient_that_is_set_to_zero_is_an_equation() -> None:
    """It says where the derivative is zero, not what it is."""
    report = report_of(r"$\nabla_w \|Xw - y\|^2 = 0$ and $\nabla_w \|Xw - y\|^2 \stackrel{!}{=} 0$")

    assert 0 == report.counts["wrong"] == report.counts["claims"]
    assert 2 == report.counts["unread"]


def test_a_layout_that_is_kept_to_is_a_convention() -> None:
    """And one that is not is a mistake."""
    row, column = r"\frac{\partial (a^\top x)}{\partial x} = a^\top", r"\nabla_x (b^\top x) = b"
    other = r"\frac{\partial (b^\top x)}{\partial x} = b"

    assert ["right"] == kinds(f"${row}$")
    assert 1 == len(report_of(f"${row}$").conventions)
    assert ["right", "right"] == kinds(f"${row}$ and ${column}$")
    assert ["layout", "right"] == kinds(f"${row}$ and ${other}$")


def test_intermediates_are_variables_where_something_is_differentiated_by_them() -> None:
    """As back-propagation has it, with derivatives on the right."""
    text = r"""$z = Wx + b$, $p = \operatorname{softmax}(z)$, $L = -y^\top \log p$.
Then $\delta = \nabla_z L = p - y$, and
$$\frac{\partial L}{\partial W} = \frac{\partial L}{\partial z} x^\top = \delta x^\top, \quad
\frac{\partial L}{\partial b} = \delta .$$"""

    assert ["note", "right", "note", "note"] == kinds(text)


def test_what_is_not_read_is_counted_with_its_reason() -> None:
    """A formula that says something that is not read is no silent skip."""
    report = report_of(r"$\nabla_x \mathbb{E}[x] = 1$, $g(x) = \int x$, $a \approx b$, $n$")

    assert ["unread"] * 3 == [each.kind for each in report.findings]
    assert 1 == report.counts["unread claims"]
    assert "expectation" in report.findings[0].says


def test_macros_of_the_author_are_read() -> None:
    """With arguments, operators, and pairs of bars."""
    text = r"""\newcommand{\R}{\mathbb{R}} \DeclareMathOperator{\tr}{tr}
\newcommand{\grad}[2]{\nabla_{#1} #2} \DeclarePairedDelimiter{\norm}{\lVert}{\rVert}
\begin{document} $X \in \R^{m \times n}$ gives $\grad{X}{\tr(A X)} = A^\top$ and
$\grad{x}{\norm{x}^2} = x$, $\grad{x}{\norm{x}^2} = ?$ \end{document}"""
    report = checked_notes(text, "latex", fill=True)

    assert ["right", "wrong", "filled"] == [each.kind for each in report.findings]
    assert text.replace("= ?", "= 2 x") == report.text


@pytest.mark.parametrize(
    "claim",
    [
        r"\mathrm{d}(X^{-1}) = -X^{-1} (\mathrm{d}X) X^{-1}",
        r"\mathrm{d}\operatorname{tr}(A X) = \operatorname{tr}(A\, \mathrm{d}X)",
        r"d \|Ax\|^2 = 2 x^\top A^\top (A\, dx + dA\, x)",
    ],
)
def test_differentials_are_claims(claim: str) -> None:
    """Along all that stand on the right; a letter d that no other one answers is a name."""
    assert ["right"] == kinds(f"${claim}$")
    assert ["wrong"] == kinds(f"${claim.replace('=', '= 2')}$")
    assert 1 == report_of("$d = x - y$").definitions


def test_derivatives_by_entries_are_claims() -> None:
    """The right side is that entry."""
    text = r"$L = \|Wx - y\|^2$, $r = Wx - y$, $\frac{\partial L}{\partial W_{ij}} = 2 r_i x_j$"

    assert ["right"] == kinds(text)
    assert ["wrong"] == kinds(text.replace("r_i x_j", "r_i x_i").replace("2 r", "r"))


def test_a_model_with_noise_defines_nothing() -> None:
    """And neither does an equation for what is a variable elsewhere."""
    model = r"$y = X\theta + \varepsilon$. $J(\theta) = \|X\theta - y\|^2$,"
    claim = r"$\nabla_\theta J = 2 X^\top (X\theta - y)$"
    solved = r"$\theta = (X^\top X)^{-1} X^\top y$"

    assert ["right"] == [kind for kind in kinds(f"{model} {claim}") if kind != "unread"]
    by_data = r"$\nabla_X J = 2 (X\theta - y)\theta^\top$"
    assert ["right"] == kinds(f"$J(\\theta) = \\|X\\theta - y\\|^2$, {solved}, {by_data}")


def test_what_most_notes_leave_unsaid_is_a_note() -> None:
    """Masks of zeros and ones, labels that are signs, probabilities; said, it is right."""
    mask = r"$F = \|M \odot X\|_F^2$ and $\nabla_X F = 2 M \odot X$"
    entropy = r"$L = -y^\top \log p$, $p = \mathrm{softmax}(z)$, $\nabla_z L = p - y$"

    assert ["note"] == kinds(mask)
    assert ["right"] == kinds(r"$M \in \{0,1\}^{m \times n}$: " + mask)
    assert ["note"] == kinds(entropy)
    assert "one-hot" in report_of(f"Let $y$ be one-hot. {entropy}").findings[0].says


def test_answers_are_in_the_fonts_and_names_of_the_text() -> None:
    """Bold stays bold, and what has a name is called by it."""
    text = r"""$\mathbf{r} = \mathbf{A}\mathbf{x} - \mathbf{b}$,
$\nabla_{\mathbf{x}} \|\mathbf{r}\|^2 = ?$"""

    assert r"2 \mathbf{A}^{\top} \mathbf{r}" == report_of(text).findings[0].answer


def test_a_function_of_its_arguments_may_stand_on_the_right() -> None:
    r"""`\rho(u)` is the value that was defined as that."""
    text = r"""$\rho(u) = \frac{u^\top S u}{u^\top u}$, $S = S^\top$, so
$\nabla \rho(u) = \frac{2}{u^\top u} (Su - \rho\left(u\right) u)$."""

    assert ["right"] == kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "$" * 999,
        "$$ $ $$ \\( \\[ " * 99,
        r"\[" * 9999,
        r"\begin{align}" * 999,
        "".join("`" * (count % 50 + 1) + " " for count in range(999)),
        "<!-- " * 999 + "<pre " * 999,
        "$" + "{" * 2000 + "$",
        r"$\nabla_x " + "(" * 999 + "x" + ")" * 999 + " = x$",
        r"\newcommand{\a}{\a\a} $\a = 1$",
        r"\newcommand{\a}{\b\b}\newcommand{\b}{\a\a} $\a = 1$",
        "".join(rf"\newcommand{{\{a}}}{{\{b}\{b}\{b}}}" for a, b in pairwise("abcdefghijklm"))
        + r"$\a = 1$",
        r"\newcommand{\x}{" * 999,
        r"\begin{verbatim}" * 999,
        "$\\nabla_x \0 = ?$\r\r\n$\\nabla_😀 ‖x‖² = 😀$",
        r"$\left$ $\frac$ $\text{$ $\nabla$ $\partial_ = 1$ $\nabla_x = 1$ $\frac{d}{d} = 1$",
        r"$\frac{\partial}{\partial} = 1$ $\partial / \partial = ?$ $\nabla_{} x = 1$ $? = ?$",
        "---\n" * 99,
    ],
)
@pytest.mark.parametrize("kind", ["markdown", "latex"])
def test_no_text_ends_in_a_crash_or_takes_long(text: str, kind: str) -> None:
    """Whatever it is, it is read or counted as unread, and nothing of it is changed."""
    report = checked_notes(text, kind, fill=True)

    assert text == report.text
    assert 0 == report.counts["right"] == report.counts["wrong"]


@pytest.mark.parametrize("raw", ["", "[]", "{}", '{"cells": [3]}', '{"cells": ', "[" * 9999])
def test_what_is_no_notebook_is_refused(raw: str) -> None:
    """With a message, and no traceback."""
    with pytest.raises(ParseError, match="no notebook"):
        checked_notes(raw, "notebook")


def test_what_an_earlier_section_defines_makes_nothing_wrong() -> None:
    """Where a claim is right only without it, that is a doubt, and no more."""
    text = "# One\n$z = Wx$.\n# Two\n$\\nabla_x (z^\\top x) = z$."

    assert ["unsure"] == kinds(text)
    assert ["wrong"] == kinds(text.replace("# Two\n", ""))


def test_a_definition_that_is_not_read_ends_the_one_before() -> None:
    """A claim about it is not judged by another function of the same name."""
    text = r"$L = \|x\|^2$, $\nabla_x L = 2x$. $L = \int x$, $\nabla_x L = x$."

    assert ["right", "unread", "unread"] == kinds(text)


def test_primes_are_derivatives_of_functions_of_numbers() -> None:
    """`f'(x)` is a claim; `X'X w` is a product."""
    text = r"$f(x) = x^3$, $f'(x) = 3x^2$, $f''(x) = 6x$, $\sigma'(z) = \sigma(z) (1 - \sigma(z))$"

    assert ["right"] * 3 == kinds(text)
    assert ["wrong"] == kinds(r"$\sigma'(z) = \sigma(z) (1 + \sigma(z))$")
    assert 0 == report_of("$X'(y - Xw) = 0$, $X'X w = X'y$").counts["claims"]


def test_entries_of_jacobians_are_claims() -> None:
    """With Kronecker's delta, and of arrays that are defined entry by entry."""
    claim = r"$\frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} - p_j)$"
    text = r"$p = \operatorname{softmax}(z)$, " + claim

    assert ["right"] == kinds(text)
    assert ["wrong"] == kinds(text.replace("- p_j", "+ p_j"))
    net = r"$a_j = \sigma(\sum_k w_{jk} x_k)$, $f = \sum_j a_j$, "
    assert ["right"] == kinds(net + r"$\nabla_w f = (a \odot (1 - a)) x^\top$")


def test_what_a_later_sentence_declares_says_nothing_of_a_claim() -> None:
    """Only what goes on in the same sentence, or with `where`, does."""
    claim = r"$\nabla_x (a^\top x) = a$"

    assert ["right"] == kinds(f"We have {claim}. Now let $x \\in \\mathbb{{R}}$.")
    assert ["right"] == kinds(f"{claim}. Here $a = Bb$.")


def test_equations_beside_each_other_in_a_row_are_two() -> None:
    """A sign for columns aligns beside another sign, and separates everywhere else."""
    text = r"""\begin{align} z &= Wx & L &= \|z\|^2 \\
    \nabla_z L &= 2z & \nabla_W L &= 2zx^\top \\ &= z + z & & \end{align}"""

    assert ["right"] * 3 == kinds(text)


def test_a_prime_on_the_right_is_the_derivative_entry_by_entry() -> None:
    """And a power of a vector that of its entries, which is said."""
    text = r"$h = \tanh(z)$, $E = r^\top h$, $\nabla_z E = \tanh'(z) \odot r = (1 - h^2) \odot r$"

    assert ["right", "note"] == kinds(text)


def test_answers_with_names_that_the_text_has_not_are_not_filled_in() -> None:
    """They are told."""
    text = r"$z_k = w_k^\top x$, $L = \sum_k z_k^2$, $\nabla_x L = ?$"

    assert text == filled(text)
    assert "2 W^{\\top} z" == report_of(text).findings[0].answer


def test_what_is_differentiated_by_may_be_written_out() -> None:
    """A claim may use the definition of the intermediate that it is by."""
    text = r"$z = Wx + b$, $L = \|z - y\|^2$, $\nabla_z L = 2(z - y) = 2(Wx + b - y)$"

    assert ["right", "right"] == kinds(text)
    assert ["right", "wrong"] == kinds(text.replace("b - y)", "b + y)"))
