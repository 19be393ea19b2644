"""Derivatives by the entries that a property leaves free: symmetric ones come in pairs.

The derivative by a matrix whose entries are all free takes no notice of what ties them.  Where the
entries in row i and column j and in row j and column i are one, a change of it moves both, so the
derivative by it is the sum of the two: `G + G' - G .* I` in place of `G` (Petersen and Pedersen,
The Matrix Cookbook (2012), section 2.8).
"""

from collections.abc import Collection, Mapping

from dimderiv.errors import NotDifferentiableError
from dimderiv.graph import Node, Product, Symbol
from dimderiv.language import parse_expression
from dimderiv.lower import formula
from dimderiv.rulebook import builtin_rules

# Which entries a property ties or leaves at zero; what holds besides, such as being positive
# definite, binds no entry.
STRUCTURES: Mapping[str, str] = {
    "symmetric": "symmetric",
    "spd": "symmetric",
    "psd": "symmetric",
    "diagonal": "diagonal",
    "lower": "lower",
    "upper": "upper",
    "skew": "skew",
}
# Properties of matrices that are no linear space.
CURVED = ("orthogonal", "binary", "onehot", "probability")
# What becomes of the derivative by free entries, written `G`.
FORMULAS: Mapping[str, str] = {
    "symmetric": "G + G' - G .* I",
    "skew": "G - G'",
    "diagonal": "G .* I",
    "lower": "tril(G)",
    "upper": "triu(G)",
}


def binding(properties: Collection[str]) -> tuple[str, ...]:
    """The properties that tie entries, or fix them, in the order of the lists above.

    Args:
        properties: of a symbol.
    """
    return tuple(word for word in (*STRUCTURES, *CURVED) if word in properties)


def structure_of(name: str, properties: Collection[str]) -> str:
    """How the entries of a variable are tied; nothing where they are free.

    Args:
        name: the variable.
        properties: what was declared of it.

    Raises:
        NotDifferentiableError: no linear space has the properties, or they are several.
    """
    for word in CURVED:
        if word in properties:
            raise NotDifferentiableError(
                f"{name} is {word}: such matrices form no linear space, so no entries are tied",
                hint=f"leave out structured=True, and the entries of {name} are free",
            )
    found = {STRUCTURES[word] for word in properties if word in STRUCTURES}
    if "diagonal" in found or found == {"lower", "upper"}:
        return "diagonal"
    if len(found) > 1:
        raise NotDifferentiableError(
            f"{name} is {' and '.join(sorted(found))}, which is not supported with structured=True",
            hint="declare one of them",
        )
    return next(iter(found), "")


def tied(gradient: Node, structure: str) -> Node:
    """The derivative by the entries that are free, from the one by all entries.

    Args:
        gradient: the derivative by a square matrix, as if each of its entries were free.
        structure: what `structure_of` says.
    """
    if not structure or len(gradient.axes) < 2 or _is_zero_elsewhere(gradient, structure):
        return gradient
    tree = parse_expression(FORMULAS[structure], names=("G",))
    return formula(tree, {"G": gradient}, builtin_rules())


def _is_zero_elsewhere(node: Node, structure: str) -> bool:
    """Whether a multiple of a symbol has zeros wherever the structure has them."""
    if isinstance(node, Product) and len(node.factors) == 1:
        (factor,) = node.factors
        node = factor.node if factor.indices == node.result and factor.power == 1 else node
    own = node.properties if isinstance(node, Symbol) else frozenset()
    return structure in ("diagonal", "lower", "upper") and not own.isdisjoint(
        (structure, "diagonal")
    )
