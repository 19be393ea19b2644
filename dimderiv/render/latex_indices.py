r"""Index forms in LaTeX: `\Bigl[\sum_{k} A_{i,k} \, B_{k,j}\Bigr]_{i,j}`."""

import re
from collections.abc import Collection, Iterator, Sequence

from dimderiv.errors import ParseError
from dimderiv.language import (
    BUILTIN_FUNCTIONS,
    HESSIANS,
    JACOBIAN,
    AxisName,
    Binary,
    Call,
    Entry,
    IndexForm,
    Name,
    Number,
    Slice,
    Tree,
    children,
    declared_part,
    index_names,
    indexed,
    letters_of,
    names_in,
    sign_of,
    walk,
)
from dimderiv.render.latex_functions import IS_SYMBOL, called, operator_name
from dimderiv.render.latex_pieces import Piece, Write, at_least
from dimderiv.render.precedence import ATOM, QUOTIENT, SUM

_REDUCTIONS = {"sum": r"\sum", "prod": r"\prod", "max": r"\max", "min": r"\min"}
# Of the Hessian of an entry.
_HESSIAN_AXES = 2
_MULTIPLE = re.compile(r"(?<![\w.)])([0-9]+) (?=[a-z])")


def with_sums(
    tree: Tree, given: Collection[str] = (), sizes: Collection[str] | None = None
) -> Tree:
    """A tree with a sum over each letter that it leaves open, as it is written on paper.

    Letters that are bound within each other differ.  Where nobody knows the sizes, a name in
    square brackets is a letter if it is lower-case, unless it is in a size.

    Args:
        tree: an expression.
        given: letters that are not left open.
        sizes: the names in square brackets that are no letters, if they are known.
    """
    if not any(isinstance(part, IndexForm | Entry) for part in walk(tree)):
        return tree
    written = {name for part in walk(tree) for name in index_names(part)}
    sizes = {name for name in written if not name[0].islower()} if sizes is None else set(sizes)
    for part in walk(tree):
        letters = part.letters if isinstance(part, IndexForm) else ()
        sizes.update(name for _, size in letters if size for name in names_in(size))
    head = tuple((letter, None) for letter in given)
    try:
        whole = indexed.with_own_letters(IndexForm(head, tree) if head else tree, sizes)
        whole = indexed.explicit(whole, sizes)
        return whole.body if head and isinstance(whole, IndexForm) else whole
    except ParseError:
        return tree


def index_form(form: IndexForm, write: Write) -> Piece:
    """An array given entry by entry, with its letters under the closing bracket.

    The letters of an axis that is made of several stand in brackets of their own.
    """
    body = write(form.body)
    if not form.letters:
        return Piece(body.text, SUM, True)
    return Piece(rf"\Bigl[{body.text}\Bigr]_{{{axes_of(form, write)}}}", ATOM, True)


def axes_of(form: IndexForm, write: Write) -> str:
    """The letters of each axis, those of an axis of several in brackets."""
    return ",".join(_axis([letter for letter, _ in letters], write) for letters in form.axes)


def axis_name(axis: AxisName | tuple[AxisName, ...]) -> str:
    """An axis, or several in brackets."""
    names = list(map(str, axis)) if isinstance(axis, tuple) else [str(axis)]
    return names[0] if len(names) == 1 else f"({','.join(names)})"


def reduction(call: Call, write: Write) -> Piece:
    r"""A reduction over letters: `\max_{r,s} X_{2i+r,\,2j+s}`."""
    head = _REDUCTIONS.get(call.function, rf"\operatorname*{{{call.function}}}")
    letters = ",".join(write(Name(letter)).text for letter, _ in call.over)
    inside = at_least(write(call.arguments[0]), QUOTIENT)
    return Piece(rf"{head}_{{{letters}}} {inside}", QUOTIENT, True)


def entry(node: Entry, write: Write) -> Piece:
    """One entry: the operand with its index expressions as a subscript."""
    of_function = _of_function(node, write)
    if of_function is not None:
        return of_function
    operand = write(node.operand)
    if not isinstance(node.operand, Name):
        operand = operand._replace(text=at_least(operand, ATOM + 1))
    return Piece(entry_of(operand, _subscript(node.indices, write)), ATOM, operand.tall)


def _subscript(given: Sequence[Tree], write: Write) -> str:
    """Index expressions with commas between them."""
    indices = [_index(index, write) for index in given]
    is_simple = all(isinstance(index, Name | Number) or index == Slice() for index in given)
    return ("," if is_simple or len(indices) > 2 else r",\,").join(indices)


def _of_function(node: Entry, write: Write) -> Piece | None:
    r"""An entry of a declared function, or a part of a derivative: `r_{i}(x)`."""
    call = node.operand
    if not isinstance(call, Call) or call.axis is not None:
        return None
    name, sign = declared_part(call.function)[0], sign_of(call.function)
    if name in BUILTIN_FUNCTIONS or not IS_SYMBOL.fullmatch(name) or not name.isalpha():
        return None
    if sign == JACOBIAN and node.indices[:-1] == (Slice(), Slice()):
        return _partial(call, _subscript(node.indices[-1:], write), write)
    if sign not in {"", HESSIANS}:
        return None
    count = len(node.indices) - (_HESSIAN_AXES if sign and len(node.indices) > 2 else 0)
    own, rest = node.indices[:count], node.indices[count:]
    head = f"{operator_name(call.function)}_{{{_subscript(own, write)}}}"
    whole = called(head, [write(argument) for argument in call.arguments])
    if not rest:
        return whole
    return Piece(f"({whole.text})_{{{_subscript(rest, write)}}}", ATOM, whole.tall)


def _partial(call: Call, index: str, write: Write) -> Piece:
    """The derivative of a matrix by one entry of what it depends on."""
    name, arguments = declared_part(call.function)[0], [write(each) for each in call.arguments]
    whole = called(operator_name(name), arguments)
    if not isinstance(call.arguments[0], Name):
        return Piece(rf"\partial_{{{index}}} {whole.text}", ATOM, whole.tall)
    by = entry_of(arguments[0], index)
    return Piece(rf"\frac{{\partial {whole.text}}}{{\partial {by}}}", ATOM, True)


def entry_of(array: Piece, subscript: str) -> str:
    """An array with a subscript; one that has a script itself stands in brackets."""
    has_script = bool(set("_^") & set(array.text)) and not array.text.endswith(")")
    return f"{f'({array.text})' if has_script else array.text}_{{{subscript}}}"


def _index(index: Tree, write: Write) -> str:
    written = write(index).text.replace(" - ", "-").replace(" + ", "+")
    match index:
        case Binary("*", left, _) if not isinstance(left, Number):
            return f"({written})"
    # A number joins the letter that it multiplies: `2i+r-1`.
    return _MULTIPLE.sub(r"\1", written)


def _axis(letters: Sequence[str], write: Write) -> str:
    written = r" \, ".join(write(Name(letter)).text for letter in letters)
    return written if len(letters) == 1 else f"({written})"


def letters_in(formula: Tree) -> Iterator[str]:
    """The letters of the entries in a formula, from left to right.

    Args:
        formula: with entries, whose operands have none.
    """
    for part in entries_in(formula):
        for index in part.indices:
            yield from letters_of(index)


def entries_in(formula: Tree) -> Iterator[Entry]:
    """The entries in a formula, from left to right, but for those in the operands of others."""
    if isinstance(formula, Entry):
        yield formula
    else:
        for child in children(formula):
            yield from entries_in(child)
