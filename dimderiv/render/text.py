"""Prints a syntax tree in the language itself: `2 X' (X w - y)`.

Reading the text back gives the same tree, except that a number in front of a product joins its
first factor (`2 (A x)` is written `2 A x`), and that a fraction without a short decimal comes back
as a quotient (`1/3`).
"""

from collections.abc import Sequence
from dataclasses import replace

from dimderiv.language import (
    Add,
    AxisName,
    Binary,
    Blocks,
    Call,
    Entry,
    Group,
    IndexForm,
    Letter,
    Name,
    Negative,
    Number,
    Program,
    Slice,
    Statement,
    Transpose,
    Tree,
    decimal_places,
    index_names,
    indexed,
    named_letters,
    printed_name,
    walk,
)
from dimderiv.lazy import pattern
from dimderiv.render.precedence import (
    ATOM,
    COMPARISON,
    FORM,
    NEGATIVE,
    OPERANDS,
    POSTFIX,
    POWER,
    POWERS,
    PRODUCTS,
    QUOTIENT,
    SUM,
    chain,
    level,
    number,
)

# A number before a letter, which no letter or figure stands before.
_MULTIPLE = pattern(r"(?<![\w.)])([0-9]+) (?=[a-z])")
LINES, WIDTH = 24, 1000
BARS = {"norm2": "||", "norm1": "||_1", "normInf": "||_inf", "normF": "||_F", "normN": "||_*"}


def text(tree: Tree | Program, *, multiline: bool = False) -> str:
    """The tree in the language itself.

    Args:
        tree: an expression or a program.
        multiline: one statement a line, instead of statements joined with `; `.

    Returns:
        Text that the parser reads as the same value.

    >>> text(Add((Binary("*", Name("X"), Name("w")), Negative(Name("y")))))
    'X w - y'
    """
    if isinstance(tree, Program):
        return ("\n" if multiline else "; ").join(_statement(each) for each in tree.statements)
    written = _plain(tree)
    return _plain(indexed.implicit(tree)) if "[" in written else written


def summed(tree: Call) -> str:
    """A sum over letters as text that names them, which it need not where nothing else is said.

    Args:
        tree: the sum.

    >>> summed(Call("sum", (Entry(Name("x"), (Name("i"),)),), over=(("i", None),)))
    'sum[i] x[i]'
    """
    body = indexed.implicit(IndexForm(tree.over, tree.arguments[0]))
    inner = body.body if isinstance(body, IndexForm) else tree.arguments[0]
    return _plain(replace(tree, arguments=(inner,)))


def shortened(text: str) -> str:
    """A text without the middle of what is too long to be looked at.

    Args:
        text: of any number of lines.

    >>> shortened("a" * 3000)[-7:]
    'aaa ...'
    """
    lines = [line if len(line) <= WIDTH else f"{line[:WIDTH]} ..." for line in text.split("\n")]
    if len(lines) > LINES:
        half = LINES // 2
        lines = [*lines[:half], f"... {len(lines) - 2 * half} more lines ...", *lines[-half:]]
    return "\n".join(lines)


def _statement(statement: Statement) -> str:
    if statement.name is None:
        return text(statement.value)
    written = _plain(statement.value)
    if "[" not in written:
        return f"{statement.name} = {written}"
    value = indexed.implicit(statement.value)
    if isinstance(value, IndexForm) and value.letters:
        return f"{statement.name}{_head(value)} = {_operand(value.body, COMPARISON)}"
    return f"{statement.name} = {_plain(value)}"


def _operand(node: Tree, lowest: int) -> str:
    written = _plain(node)
    return written if level(node) >= lowest else f"({written})"


def _plain(node: Tree) -> str:
    match node:
        case Name():
            return node.name
        case Binary():
            return _binary(node)
        case Number():
            return number(node.value)
        case Transpose():
            return _operand(node.operand, POSTFIX) + "'"
        case Call():
            return _call(node)
        case Add():
            return _sum(node)
        case Negative():
            return "-" + _operand(node.operand, QUOTIENT)
        case Group():
            return _operand(node.operand, POWER)
        case Entry():
            return _entry(node)
        case IndexForm():
            return f"{_head(node)} {_body(node)}"
        case Slice():
            return _index(node)
        case Blocks(rows):
            lines = [", ".join(_operand(block, COMPARISON) for block in row) for row in rows]
            return f"[{'; '.join(lines)}]"


def _binary(node: Binary) -> str:
    if node.operator in PRODUCTS:
        return _product(node)
    if node.operator in POWERS:
        return _power(node)
    left, right = OPERANDS[node.operator]
    return f"{_operand(node.left, left)} {node.operator} {_operand(node.right, right)}"


def _product(node: Binary) -> str:
    written = ""
    factors = chain(node)
    last = factors[-1]
    if isinstance(last.node, Call) and last.node.over:
        # At the end of a product, a reduction takes nothing more than what is in it.
        factors[-1] = last._replace(lowest=FORM)
    for operator, factor, lowest in factors:
        piece = _operand(factor, lowest)
        if operator == "*":
            is_loose = piece[0].isdigit() or (piece[0] == "[" and _is_loose(factor, written))
            written += " * " if is_loose else " "
        elif operator:
            written += f" {operator} "
        written += piece
    return written


def _power(node: Binary) -> str:
    base = _operand(node.left, OPERANDS[node.operator][0])
    exponent = _exponent(node.right)
    # `2.^x` could be read as the number `2.` and a power.
    operator = " .^ " if node.operator == ".^" and isinstance(node.left, Number) else node.operator
    return f"{base}{operator}{exponent}"


def _exponent(node: Tree) -> str:
    if isinstance(node, Group):
        return _exponent(node.operand)
    if _is_bare_exponent(node):
        return _plain(node)
    if isinstance(node, Negative) and _is_bare_exponent(node.operand):
        return "-" + _plain(node.operand)
    return f"({_plain(node)})"


def _is_bare_exponent(node: Tree) -> bool:
    if isinstance(node, Number):
        return decimal_places(node.value) is not None
    # `A^T` is the transpose, so a symbol of that name needs brackets.
    return isinstance(node, Name) and node.name != "T"


def _is_loose(factor: Tree, written: str) -> bool:
    """Whether a factor in brackets could be an entry of what stands before it: `X [a, b]`."""
    while isinstance(factor, Transpose):
        factor = factor.operand
    is_row = isinstance(factor, Blocks) and len(factor.rows) == 1
    return is_row and not written.isdigit()


def _sum(node: Add) -> str:
    first, *others = node.terms
    written = _operand(first, NEGATIVE)
    for term in others:
        if isinstance(term, Negative):
            written += " - " + _operand(term.operand, QUOTIENT)
        else:
            written += " + " + _operand(term, QUOTIENT)
    return written


def _call(node: Call) -> str:
    if node.over:
        return f"{node.function}{_letters(node.over)} {_operand(node.arguments[0], QUOTIENT)}"
    bars = BARS.get(node.function)
    if bars is not None and len(node.arguments) == 1 and node.axis is None:
        inside = _operand(node.arguments[0], SUM)
        # A bar after an operand closes; brackets let the inner norm open.
        return f"||({inside}){bars}" if "||" in inside else f"||{inside}{bars}"
    arguments = [_operand(argument, COMPARISON) for argument in node.arguments]
    if node.axis is not None:
        arguments.append(f"axis={_axis_name(node.axis)}")
    return f"{printed_name(node.function)}({', '.join(arguments)})"


def _entry(node: Entry) -> str:
    operand = _plain(node.operand)
    if level(node.operand) < ATOM or operand.startswith("||") or isinstance(node.operand, Blocks):
        operand = f"({operand})"
    indices = [_index(index) for index in node.indices]
    is_simple = all(isinstance(index, Name | Number) or index == Slice() for index in node.indices)
    is_long = len(indices) > 2 and not any(" " in index for index in indices)
    return f"{operand}[{(',' if is_simple or is_long else ', ').join(indices)}]"


def _axis_name(axis: AxisName | tuple[AxisName, ...]) -> str:
    names = list(map(str, axis)) if isinstance(axis, tuple) else [str(axis)]
    return names[0] if len(names) == 1 else f"({', '.join(names)})"


def _head(node: IndexForm) -> str:
    separator = ", " if node.groups or any(size for _, size in node.letters) else ","
    return f"[{separator.join(map(_axis, node.axes))}]"


def _body(node: IndexForm) -> str:
    """The body; after a minus, letters that are in no index would be taken for blocks."""
    written = _operand(node.body, COMPARISON)
    if written[0] != "-" or any(size for _, size in node.letters):
        return written
    names = {name for part in walk(node.body) for name in index_names(part)}
    return written if names.issuperset(named_letters(node)) else f"({written})"


def _letters(letters: Sequence[Letter]) -> str:
    separator = ", " if any(size for _, size in letters) else ","
    return f"[{separator.join(_axis([letter]) for letter in letters)}]"


def _axis(letters: Sequence[Letter]) -> str:
    separator = ", " if any(size for _, size in letters) else " "
    written = separator.join(f"{name}:{_size(size)}" if size else name for name, size in letters)
    return written if len(letters) == 1 else f"({written})"


def _size(node: Tree) -> str:
    return _plain(node).replace(" // ", "//")


def _index(node: Tree) -> str:
    match node:
        case Slice(start, stop):
            return f"{_index(start) if start else ''}:{_index(stop) if stop else ''}"
        case Binary("*", left, Name()) if not isinstance(left, Number):
            return f"({_plain(node)})"
        case Entry():
            return _plain(node)
    # A number joins the letter that it multiplies: `2i+r-1`.
    written = _operand(node, SUM).replace(" + ", "+").replace(" - ", "-").replace(" // ", "//")
    return _MULTIPLE.sub(r"\1", written)
