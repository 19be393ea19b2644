"""Functions of entries that have a value wherever their arguments have one."""

from dimderiv.graph import Map, Node, Product, Sum
from dimderiv.language import COMPARISONS

EVERYWHERE = frozenset(
    {
        "exp",
        "sin",
        "cos",
        "tanh",
        "sigmoid",
        "relu",
        "softplus",
        "logsigmoid",
        "erf",
        "gelu",
        "silu",
        "abs",
        "sign",
    }
    | {"maximum", "minimum", "where", *COMPARISONS}
)


def is_finite(node: Node) -> bool:
    """Whether a node has a value at any numbers, and so where an array is left and counts 0.

    Args:
        node: any node.
    """
    match node:
        case Map(function, arguments):
            return function in EVERYWHERE and all(map(is_finite, arguments))
        case Sum(terms):
            return all(is_finite(term) for _, term in terms)
        case Product():
            return all(
                f.power > 0 and f.power.denominator == 1 and is_finite(f.node) for f in node.factors
            )
        case _:
            return True
