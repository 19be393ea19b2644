"""How the steps are set as running text with formulas in math mode: LaTeX, Markdown, HTML."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import NamedTuple

from dimderiv.explain.record import recorded
from dimderiv.explain.words.markup import UNBROKEN, Column, Markup, is_closed
from dimderiv.language import Entry, Name, Shape, Tree, free_letters
from dimderiv.render import enclosed, latex
from dimderiv.render import width as latex_width

# A longer formula would leave the page where no line breaks.
WIDEST = 60
IN_LATEX = str.maketrans(
    {sign: f"\\{sign}" for sign in "#$%&_{}"}
    | {"\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\~{}", UNBROKEN: "~"}
)
IN_MARKDOWN = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]<>$#|"})


def in_markdown(words: str) -> str:
    r"""Words as Markdown shows them.

    Args:
        words: plain text.

    >>> print(in_markdown("sum(G .* Y)"))
    sum(G .\* Y)
    """
    return words.translate(IN_MARKDOWN)


class Paragraph(NamedTuple):
    """A paragraph as it is written.

    Attributes:
        number: that of the step that it begins; none where it begins no step.
        level: how far it stands in; 0 for what belongs to no step.
        text: with its formulas.
    """

    number: str
    level: int
    text: str


class Worded(Markup):
    """Paragraphs with formulas in math mode; in a table the shapes stand under braces.

    Args:
        names: LaTeX for names whose own spelling will not do.
        spellings: LaTeX for functions that the printer does not know.
    """

    arrow = r"\to"

    def __init__(self, names: Mapping[str, str], spellings: Mapping[str, str]) -> None:
        super().__init__()
        self.names, self.spellings = names, spellings
        self.paragraphs: list[Paragraph] = []

    def gap(self) -> None:
        """Paragraphs have their own space."""

    def say(self, sentence: str, *, level: int = 1, head: str = "") -> None:
        """Add a paragraph; a formula by itself is displayed."""
        if len(sentence) == 1 and sentence in self.formulas and level:
            written = self._displayed([self.formulas[sentence]])
        else:
            written = "".join(self._parts(sentence))
        self.paragraphs.append(Paragraph(head.rstrip(". "), level, written))
        self.formulas.clear()

    def _parts(self, sentence: str) -> Iterator[str]:
        """Words and formulas in turn."""
        for is_formula, signs in groupby(sentence, self.formulas.__contains__):
            if is_formula:
                yield from (self.inline(self.formulas[sign]) for sign in signs)
            else:
                yield self.words("".join(signs))

    def table(self, factors: Sequence[Column]) -> None:
        """Add factors side by side."""
        cells = []
        for tree, below in factors:
            if below is None:
                cells.append(self.formula(tree))
            else:
                factor = self._factor(tree, is_closed=is_closed(tree))
                cells.append(rf"\underbrace{{{factor}}}_{{{self._under(below)}}}")
        self.paragraphs.append(Paragraph("", 1, self._displayed(cells)))

    def _displayed(self, formulas: Sequence[str]) -> str:
        """Formulas on a line of their own; where that is too long, in a line that breaks."""
        if sum(map(latex_width, formulas)) > WIDEST:
            return " ".join(map(self.inline, formulas))
        return self.display(r" \; ".join(formulas))

    def document(self) -> str:
        """All paragraphs, those of steps as items."""
        written: list[str] = []
        for is_step, group in groupby(self._blocks(), lambda block: bool(block[0].number)):
            if is_step:
                written.append(self.steps([(b[0].number, [p.text for p in b]) for b in group]))
            else:
                written += [self.paragraph(p.text) for block in group for p in block]
        return "\n\n".join(written)

    def _blocks(self) -> list[list[Paragraph]]:
        """Each step with all that belongs to it, and each other paragraph by itself."""
        blocks: list[list[Paragraph]] = []
        for paragraph in self.paragraphs:
            if paragraph.level and blocks and blocks[-1][0].number:
                blocks[-1].append(paragraph)
            else:
                blocks.append([paragraph])
        return blocks

    @abstractmethod
    def words(self, words: str) -> str:
        """Words as they are typed."""

    @abstractmethod
    def inline(self, formula: str) -> str:
        """A formula in a sentence."""

    @abstractmethod
    def display(self, formula: str) -> str:
        """A formula on a line of its own."""

    def paragraph(self, text: str) -> str:
        """A paragraph outside of steps."""
        return text

    @abstractmethod
    def steps(self, steps: Sequence[tuple[str, Sequence[str]]]) -> str:
        """Steps: the number and the paragraphs of each."""

    def formula(self, tree: Tree) -> str:
        """A formula in math mode."""
        return self._given(tree, free_letters(tree))

    def equation(self, equation: recorded.Equation) -> str:
        """Formulas that are equal, the letters summed that the first of them lacks."""
        if not equation.is_summed:
            return super().equation(equation)
        own = free_letters(equation.sides[0])
        return " = ".join(self._given(side, own) for side in equation.sides)

    def _given(self, tree: Tree, letters: Iterable[str]) -> str:
        own = tuple(dict.fromkeys(letters))
        return latex(tree, names=self.names, spellings=self.spellings, given=own)

    def shape(self, shape: Shape) -> str:
        """Rows times columns."""
        sizes = [(self.formula(dim.syntax()), len(dim.monomials) > 1) for dim in shape]
        return r" \times ".join(f"({size})" if is_sum else size for size, is_sum in sizes)

    def index(self, tree: Tree) -> str:
        """An index in math mode."""
        return self.formula(Entry(Name("i"), (tree,))).removeprefix("i_{").removesuffix("}")

    def _enclosed(self, formula: str) -> str:
        return enclosed(formula, tall="\\frac" in formula)

    def _fraction(self, above: str, below: str) -> str:
        return rf"\frac{{\mathrm{{d}}{above}}}{{\mathrm{{d}}{below}}}"


class Latex(Worded):
    """Text for a paper: paragraphs, and an `enumerate` of the steps."""

    def words(self, words: str) -> str:
        """Words with their special signs escaped."""
        return words.translate(IN_LATEX)

    def inline(self, formula: str) -> str:
        """A formula that may break at its relations and operators."""
        return rf"\({formula}\)"

    def display(self, formula: str) -> str:
        """A formula in the middle of a line."""
        return rf"\[ {formula} \]"

    def document(self) -> str:
        """All paragraphs; a displayed formula goes on with the one before it."""
        return super().document().replace("\n\n\\[", "\n\\[")

    def steps(self, steps: Sequence[tuple[str, Sequence[str]]]) -> str:
        """Items, with the numbers that the text refers to."""
        items = [f"\\item[{number}.] " + "\n\n".join(paragraphs) for number, paragraphs in steps]
        # Lines with formulas break early rather than leave the page.
        return "\n".join([r"\begin{enumerate}\sloppy", *items, r"\end{enumerate}"])


class Markdown(Worded):
    """Text for notebooks and notes: each step begins with its number in bold."""

    def words(self, words: str) -> str:
        """Words with their special signs escaped."""
        return in_markdown(words)

    def inline(self, formula: str) -> str:
        """A formula between dollars."""
        return f"${formula}$"

    def display(self, formula: str) -> str:
        """A formula between two dollars."""
        return f"$$\n{formula}\n$$"

    def steps(self, steps: Sequence[tuple[str, Sequence[str]]]) -> str:
        """Paragraphs; a list would number them anew."""
        return "\n\n".join(
            f"**{number}.** " + "\n\n".join(paragraphs) for number, paragraphs in steps
        )


class Html(Worded):
    """A fragment for a page on which KaTeX or MathJax sets what stands in its delimiters."""

    def words(self, words: str) -> str:
        """Words with their special signs escaped."""
        return escape(words, quote=False)

    def inline(self, formula: str) -> str:
        """A formula between backslashed brackets."""
        return rf"\({escape(formula, quote=False)}\)"

    def display(self, formula: str) -> str:
        """A formula between backslashed square brackets."""
        return rf"\[{escape(formula, quote=False)}\]"

    def paragraph(self, text: str) -> str:
        """A paragraph."""
        return f"<p>{text}</p>"

    def steps(self, steps: Sequence[tuple[str, Sequence[str]]]) -> str:
        """An ordered list, with the numbers that the text refers to."""
        items = [
            f'<li value="{number}">' + "\n".join(map(self.paragraph, paragraphs)) + "</li>"
            for number, paragraphs in steps
        ]
        return "\n".join(["<ol>", *items, "</ol>"])
