"""The text of indices at which the entries of an array are read."""

from collections.abc import Mapping
from functools import reduce

from dimderiv.errors import ShapeError
from dimderiv.language import Add, Binary, Name, Negative, Node, Number


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
