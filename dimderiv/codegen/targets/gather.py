"""The text of an array that an index form reads at computed places."""

from collections.abc import Mapping, Sequence
from functools import reduce

from dimderiv.codegen.plan import Operation
from dimderiv.codegen.targets.writer import Writer
from dimderiv.errors import ShapeError
from dimderiv.language import Add, Binary, Name, Negative, Node, Number


def gathered(op: Operation, texts: Sequence[str], writer: Writer) -> str:
    """The entries of an array at computed indices, or where two indices are equal."""
    indices, letters = op.detail
    names = {**writer.size_names, **{letter: letter for letter in letters}}
    body = [index_text(index, names) for index in indices]
    shape = writer.tuple(op.dims)
    given = ", ".join(letters)
    if not texts:
        return writer.indicator(f"lambda {given}: {body[0]} == {body[1]}", shape)
    inner = f"({', '.join(body)}{',' if len(body) == 1 else ''})"
    return f"{writer.helper('entries')}({texts[0]}, lambda {given}: {inner}, {shape})"


def index_text(node: Node, names: Mapping[str, str]) -> str:
    """An index as Python."""
    match node:
        case Name(name) if name in names:
            return names[name]
        case Number(value):
            return str(value)
        case Negative(operand):
            return f"-{index_text(operand, names)}"
        case Add(terms):
            return reduce(
                lambda text, term: _added(text, term, names), terms[1:], index_text(terms[0], names)
            )
        case Binary("*", left, right):
            return " * ".join(
                f"({text})" if isinstance(side, (Add, Negative)) else text
                for side, text in ((side, index_text(side, names)) for side in (left, right))
            )
    raise ShapeError("this is not an index", span=node.span)


def _added(text: str, term: Node, names: Mapping[str, str]) -> str:
    if isinstance(term, Negative):
        inner = index_text(term.operand, names)
        return f"{text} - ({inner})" if isinstance(term.operand, Add) else f"{text} - {inner}"
    return f"{text} + {index_text(term, names)}"
