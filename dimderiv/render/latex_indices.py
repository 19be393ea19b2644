r"""Index forms in LaTeX: `\Bigl[\sum_{k} A_{i,k} \, B_{k,j}\Bigr]_{i,j}`."""

from collections.abc import Iterator, Sequence

from dimderiv.language import (
    Add,
    Binary,
    Entry,
    IndexForm,
    Name,
    Negative,
    Number,
    Tree,
    children,
    names_in,
)
from dimderiv.render.latex_pieces import Piece, Write, at_least
from dimderiv.render.precedence import ATOM, QUOTIENT, SUM


def index_form(form: IndexForm, write: Write) -> Piece:
    """An array given entry by entry, with its letters under the closing bracket.

    The letters of an axis that is made of several stand in brackets of their own.
    """
    sizes = {name for _, size in form.letters if size for name in names_in(size)}
    fixed = sizes | {letter for letter, _ in form.letters}
    terms = form.body.terms if isinstance(form.body, Add) else (form.body,)
    body = ""
    for term in terms:
        is_negative = isinstance(term, Negative)
        summand = term.operand if isinstance(term, Negative) else term
        body += (" - " if body else "-") if is_negative else (" + " if body else "")
        body += _summed(summand, fixed, write)
    if not form.letters:
        return Piece(body, SUM, True)
    axes = ",".join(_axis([letter for letter, _ in letters], write) for letters in form.axes)
    return Piece(rf"\Bigl[{body}\Bigr]_{{{axes}}}", ATOM, True)


def entry(node: Entry, write: Write) -> Piece:
    """One entry: the operand with its index expressions as a subscript."""
    operand = write(node.operand)
    is_plain = isinstance(node.operand, Name) and not set("_^") & set(operand.text)
    array = operand.text if is_plain else at_least(operand, ATOM + 1)
    indices = [write(index).text.replace(" - ", "-").replace(" + ", "+") for index in node.indices]
    simple = all(isinstance(index, Name | Number) for index in node.indices)
    subscript = ("," if simple else r",\,").join(indices)
    return Piece(f"{array}_{{{subscript}}}", ATOM, operand.tall)


def _summed(term: Tree, fixed: set[str], write: Write) -> str:
    written = at_least(write(term), QUOTIENT)
    letters = dict.fromkeys(letter for letter in letters_in(term) if letter not in fixed)
    summed = ",".join(write(Name(letter)).text for letter in letters)
    return rf"\sum_{{{summed}}} {written}" if letters else written


def _axis(letters: Sequence[str], write: Write) -> str:
    written = r" \, ".join(write(Name(letter)).text for letter in letters)
    return written if len(letters) == 1 else f"({written})"


def letters_in(formula: Tree) -> Iterator[str]:
    """The letters of the entries in a formula, from left to right.

    Args:
        formula: with entries, whose operands have none.
    """
    if isinstance(formula, Entry):
        for index in formula.indices:
            yield from _index_letters(index)
    else:
        for child in children(formula):
            yield from letters_in(child)


def _index_letters(index: Tree) -> Iterator[str]:
    match index:
        case Name(letter):
            yield letter
        case Binary(_, place, size):
            # In a multiple such as `j m` the dimension comes second, unless it is a number.
            yield from _index_letters(size if isinstance(place, Number) else place)
        case _:
            for child in children(index):
                yield from _index_letters(child)
