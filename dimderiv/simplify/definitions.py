"""A part of a product that the user has named, as that name: with `Z = B ./ s`, `B ./ s` is `Z`."""

from collections.abc import Iterable, Mapping

from dimderiv.graph import (
    ONCE,
    Factor,
    Function,
    Index,
    Key,
    LabelledProduct,
    Map,
    Named,
    Node,
    Product,
    apply_map,
    are_letters,
    labelled,
    product,
    scaled,
    total,
)
from dimderiv.language import frozen
from dimderiv.simplify.factoring import opened


@frozen.record
class DefinedBody:
    """A definition whose value is a product entry by entry.

    Attributes:
        name: the definition.
        value: its value.
        lead: the place of a factor that has all of its axes.
    """

    name: Named
    value: Product
    lead: int


# The definition is printed with the answer, so that the name of a long one saves nothing.
LONGEST = 10

Bodies = Mapping[Key, list[DefinedBody]]


def named_values(definitions: Iterable[Named]) -> dict[Key, Node]:
    """What is written by a name in place of a function, by the key of the function.

    Where `h` is a sigmoid, the user writes `log(h)` and `log(1 - h)` for the logarithms of it.
    """
    found: dict[Key, Node] = {}
    for name in definitions:
        if not isinstance(name.value, (Map, Function)):
            continue
        found[name.value.key] = name
        if name.value.function == "sigmoid":
            every = tuple(range(len(name.axes)))
            rest = total([(ONCE, product(ONCE, (), every, name.axes)), (-ONCE, name)], name.axes)
            above, below = (apply_map(f, *name.value.arguments) for f in ("logsigmoid", "softplus"))
            found[above.key] = apply_map("log", name)
            found[below.key] = scaled(-1, apply_map("log", rest))
    return found


def bodies(definitions: Iterable[Named]) -> Bodies:
    """The definitions that can be recognised, by the key of the factor that leads them."""
    found: dict[Key, list[DefinedBody]] = {}
    for name in definitions:
        lead = _lead(name.value)
        if lead is not None and isinstance(name.value, Product):
            key = name.value.factors[lead].node.key
            found.setdefault(key, []).append(DefinedBody(name, name.value, lead))
    return found


def _lead(value: Node) -> int | None:
    """Where a short product entry by entry has a factor with all of its axes."""
    if not isinstance(value, Product) or len(value.factors) < 2 or not value.axes:
        return None
    if value.weight > LONGEST:
        return None
    letters = set(value.result)
    if len(letters) < len(value.result) or not are_letters(value.result):
        return None
    if not all(letters.issuperset(factor.indices) for factor in value.factors):
        return None
    return next((k for k, f in enumerate(value.factors) if set(f.indices) == letters), None)


def recognised(node: Product, known: Bodies) -> Node | None:
    """The product with definitions in place of their values, where that is shorter."""
    shorter: Node = node
    while isinstance(shorter, Product):
        found = _with_a_name(shorter, known)
        if found is None:
            break
        shorter = found
    return shorter if shorter.weight < node.weight else None


def _with_a_name(node: Product, known: Bodies) -> Node | None:
    view = _with_scalars_opened(node)
    for factor in view.factors:
        for body in known.get(factor.node.key, ()):
            found = _with_name(view, factor, body)
            if found is not None and found.weight <= node.weight:
                return found
    return None


def _with_scalars_opened(node: Product) -> LabelledProduct:
    """A product with the factors of its inner products and traces among its own."""
    view = labelled(node)
    for place in reversed(range(len(view.factors))):
        factor = view.factors[place]
        if isinstance(factor.node, Product) and not factor.indices and factor.power == 1:
            view = opened(view, place)
    return view


def _with_name(view: LabelledProduct, factor: Factor, body: DefinedBody) -> Node | None:
    lead = body.value.factors[body.lead]
    places: dict[Index, Index] = dict(zip(lead.indices, factor.indices, strict=True))
    left = list(view.factors)
    for own in body.value.factors:
        indices = tuple([places[index] for index in own.indices])
        place = next((k for k, each in enumerate(left) if _holds(each, own, indices)), None)
        if place is None:
            return None
        rest = left[place].power - own.power
        left[place : place + 1] = [left[place]._replace(power=rest)] if rest else []
    name = Factor(body.name, tuple([places[index] for index in body.value.result]))
    coefficient = view.coefficient / body.value.coefficient
    return product(coefficient, [name, *left], view.result, view.dims)


def _holds(factor: Factor, own: Factor, indices: tuple[Index, ...]) -> bool:
    """Whether a factor of the product is at least the power that the definition has of it."""
    if factor.node.key != own.node.key or factor.indices != indices:
        return False
    return factor.power * own.power > 0 and abs(factor.power) >= abs(own.power)
