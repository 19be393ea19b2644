"""What is said of a defined name, `K: n x n spd` beside `K = X X' + I`, must follow from its value.

Then it is used as it is of a symbol.  What does not follow is refused: the derivative of the value
need not have the property, and an answer that used it would be wrong.
"""

from collections.abc import Collection
from dataclasses import replace

from dimderiv import graph
from dimderiv.errors import NotDifferentiableError, Span
from dimderiv.graph import Named, Node
from dimderiv.lower.arrays import Array
from dimderiv.lower.symmetry import is_symmetric


def with_properties(node: Named, value: Array, words: Collection[str], span: Span) -> Named:
    """A definition with what is said of it.

    Args:
        node: the name and its value.
        value: the value with its rows and columns.
        words: the properties that are declared of the name.
        span: where it is defined.

    Raises:
        NotDifferentiableError: a property is not known to follow from the value.
    """
    for word in sorted(words):
        if not _follows(word, value):
            raise NotDifferentiableError(
                f"{node.name} is declared {word}, and that is not known to follow from its value",
                span=span,
                hint=_hint(node.name, word),
            )
    is_own_transpose = not {"symmetric", "spd", "psd"}.isdisjoint(words)
    return replace(node, symmetric=True) if is_own_transpose else node


def _follows(word: str, value: Array) -> bool:
    """Whether a value has a property by how it is made."""
    node = value.node
    match word:
        case "symmetric":
            return is_symmetric(value)
        case "spd":
            return is_symmetric(value) and graph.is_definite(node)
        case "psd":
            return is_symmetric(value) and graph.is_semidefinite(node)
        case "diagonal":
            return len(node.axes) == 2 and is_symmetric(value) and _is_diagonal(node)
        case "positive":
            return graph.is_positive(node)
        case "nonnegative":
            return graph.is_nonnegative(node)
        case "binary":
            return graph.is_binary(node)
        case "probability":
            return graph.rows_sum_to_one(node) and graph.is_nonnegative(node)
    return False


def _is_diagonal(node: Node) -> bool:
    return isinstance(node, graph.Product) and node.result[0] == node.result[1]


def _hint(name: str, word: str) -> str:
    """What to write instead."""
    if word in {"spd", "psd"}:
        return (
            f"say what makes {name} so, as in S: n x n spd and t: scalar positive for S + t I; "
            "or leave the word out, which changes no answer"
        )
    return f"leave {word} out: the value of {name} says all there is to know"
