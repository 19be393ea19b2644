"""What is to vanish where a function is stationary, by the property that ties a variable's entries.

Entries of a symmetric variable move together: the gradient and its transpose together are to be
zero.  An orthogonal one moves by rotations, so the gradient is to be symmetric once it is turned
back (Edelman, Arias and Smith, The Geometry of Algorithms with Orthogonality Constraints (1998),
section 2.2).
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Literal

from dimderiv.derivation import Derivation
from dimderiv.errors import NotDifferentiableError
from dimderiv.graph import Node, is_symmetric
from dimderiv.language import Add, Binary, Call, Name, Negative, Transpose, Tree, frozen

SYMMETRIC = frozenset({"symmetric", "spd", "psd"})
ORTHOGONAL = "orthogonal"
OTHERS = ("diagonal", "lower", "upper", "skew", "binary", "onehot", "probability")


@frozen.record
class Demand:
    """What is to be zero at a stationary point.

    Attributes:
        variable: the name of the variable.
        kind: whether it is the gradient, a gradient that is turned back and ought to be symmetric,
            or the property that is declared of the variable.
        told: the gradient, that product, or the variable.
        zero: what is to be zero.
    """

    variable: str
    kind: Literal["gradient", "rotation", "symmetric", "orthogonal"]
    told: Tree
    zero: Tree


def refuse_tied(name: str, properties: Collection[str], *, orthogonal: bool = False) -> None:
    """Refuse a variable with entries that are tied in a way that is not known here.

    Args:
        name: its name.
        properties: what is declared of it.
        orthogonal: whether an orthogonal one is known too.

    Raises:
        NotDifferentiableError: it has such a property.
    """
    known = OTHERS if orthogonal else (ORTHOGONAL, *OTHERS)
    tying = [word for word in known if word in properties]
    if tying:
        raise NotDifferentiableError(
            f"the entries of {name} are tied by a property that stationary points do not "
            f"take: {tying[0]}",
            hint="declare no property of it, or give its equation as a constraint",
        )


def is_turned_too(gradient: Node, properties: Collection[str]) -> bool:
    """Whether the transpose of a gradient is to be added to it.

    Args:
        gradient: by a variable.
        properties: what is declared of that.
    """
    is_tied = len(gradient.axes) == 2 and not SYMMETRIC.isdisjoint(properties)
    return is_tied and not is_symmetric(gradient)


def written_gradients(derivation: Derivation) -> Mapping[str, Tree]:
    """The gradients as they are printed, without names; by symmetric variables as they are tied.

    Args:
        derivation: the gradients.
    """
    answer, symbols = derivation.derived.answer.inlined(), derivation.question.typed.symbols
    nodes = {names[0]: node for names, node in derivation.derived.nodes.items()}
    return {
        name: Add((tree, Transpose(tree)))
        if is_turned_too(nodes[name], symbols[name].properties)
        else tree
        for (name,), tree in answer.derivatives.items()
    }


def rotated(name: str, gradient: Tree) -> Demand:
    """What is to vanish by an orthogonal matrix.

    Args:
        name: its name.
        gradient: as it is printed.
    """
    product = Binary("*", Transpose(Name(name)), gradient)
    return Demand(name, "rotation", product, Add((product, Negative(Transpose(product)))))


def demands(derivation: Derivation) -> Iterator[Demand]:
    """What is to be zero at a stationary point, and for its value to be one of the variable.

    Args:
        derivation: the gradients.

    Raises:
        NotDifferentiableError: entries are tied in a way that is not known here.
    """
    for name, gradient in written_gradients(derivation).items():
        declared = derivation.question.typed.symbols[name]
        words = declared.properties
        refuse_tied(name, words, orthogonal=True)
        own, turned = Name(name), Transpose(Name(name))
        if ORTHOGONAL in words:
            identity = Call("eye", (declared.shape.rows.syntax(),))
            unit = Add((Binary("*", turned, own), Negative(identity)))
            yield Demand(name, "orthogonal", own, unit)
            yield rotated(name, gradient)
            continue
        if not SYMMETRIC.isdisjoint(words):
            yield Demand(name, "symmetric", own, Add((own, Negative(turned))))
        yield Demand(name, "gradient", gradient, gradient)
