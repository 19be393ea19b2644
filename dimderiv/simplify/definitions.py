"""A part of a product that the user has named, as that name: with `Z = B ./ s`, `B ./ s` is `Z`."""

from collections.abc import Collection, Iterable, Mapping, Sequence

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
    all_indices,
    apply_map,
    are_letters,
    labelled,
    matches,
    nodes_of,
    part,
    product,
    scaled,
    total,
    uses,
)
from dimderiv.language import frozen
from dimderiv.simplify.factoring import opened


@frozen.record
class DefinedBody:
    """A definition whose value is a product.

    Attributes:
        name: the definition.
        value: its value.
        lead: the place of a factor; if it is a product entry by entry, of one with all of its axes.
        inner: the letters that are summed, none if it is a product entry by entry.
    """

    name: Named
    value: Product
    lead: int
    inner: frozenset[Index]


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


def bodies(definitions: Iterable[Named], *, is_last: bool = True) -> Bodies:
    """The definitions that can be recognised, by the key of the factor that leads them.

    Args:
        definitions: what the user has named.
        is_last: whether they may have letters that are summed; what such a name stands for is
            met by nothing any more, as `inv(A) b` by `A`.
    """
    found: dict[Key, list[DefinedBody]] = {}
    for name in definitions:
        value = name.value
        if isinstance(value, Product) and _is_short(value):
            inner = frozenset(all_indices(value.factors)).difference(value.result)
            lead = next((k for k, f in enumerate(value.factors) if _leads(f, value, inner)), None)
            if lead is not None and (is_last or not inner):
                body = DefinedBody(name, value, lead, inner)
                found.setdefault(value.factors[lead].node.key, []).append(body)
    return found


def _is_short(value: Product) -> bool:
    """Whether a product of few factors has a letter for each axis."""
    used = all_indices(value.factors)
    is_plain = are_letters((*value.result, *used)) and set(value.result) <= set(used)
    is_once = len(set(value.result)) == len(value.result)
    is_several = len(value.factors) > 1 or len(set(used)) > len(value.result)
    return is_plain and is_once and is_several and value.weight <= LONGEST


def _leads(factor: Factor, value: Product, inner: Collection[Index]) -> bool:
    """Whether a body can be looked for from a factor of it."""
    return bool(factor.indices) if inner else set(factor.indices) == set(value.result)


def may_hold(node: Node, known: Bodies) -> bool:
    """Whether a node is made of all that the value of a definition is made of."""
    keys = {part.key for part in nodes_of([node], through_names=False)}
    every = (body.value.factors for each in known.values() for body in each)
    return any(keys.issuperset([factor.node.key for factor in body]) for body in every)


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
    whole = labelled(node)
    apart = _with_scalars_opened(node)
    for view in (whole, apart) if len(apart.dims) > len(whole.dims) else (whole,):
        for factor in view.factors:
            for body in known.get(factor.node.key, ()):
                put = _with_chain if body.inner else _with_name
                found = put(view, factor, body)
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
    """The product with a name for factors of it that are multiplied entry by entry."""
    lead = body.value.factors[body.lead]
    places: dict[Index, Index] = dict(zip(lead.indices, factor.indices, strict=True))
    left = _without(view.factors, body.value.factors, places)
    return None if left is None else _named(view, left, body, places)


def _with_chain(view: LabelledProduct, factor: Factor, body: DefinedBody) -> Node | None:
    """The product with a name for factors of it, which share letters that nothing else has."""
    wanted = [own for own in body.value.factors if own.indices]
    scalars = [own for own in body.value.factors if not own.indices]
    places = [*all_indices(view.factors), *view.result]
    first = body.value.factors[body.lead].indices[0]
    for index in factor.indices:
        for same, used in matches(wanted, {first: index}, view.factors):
            own_uses = ((same[own], uses(own, all_indices(wanted))) for own in body.inner)
            if all(uses(index, places) == count for index, count in own_uses):
                rest = [f for f in view.factors if all(f is not g for g in used)]
                left = _without(rest, scalars, same)
                return None if left is None else _named(view, left, body, same)
    return None


def _without(
    factors: Sequence[Factor], gone: Sequence[Factor], places: Mapping[Index, Index]
) -> list[Factor] | None:
    """What is left of factors without those of a body, if they have them."""
    left = list(factors)
    for own in gone:
        indices = tuple([places[index] for index in own.indices])
        place = next((k for k, each in enumerate(left) if _holds(each, own, indices)), None)
        if place is None:
            return None
        rest = left[place].power - own.power
        left[place : place + 1] = [left[place]._replace(power=rest)] if rest else []
    return left


def _named(
    view: LabelledProduct, left: Sequence[Factor], body: DefinedBody, places: Mapping[Index, Index]
) -> Node:
    name = Factor(body.name, tuple([places[index] for index in body.value.result]))
    coefficient = view.coefficient / body.value.coefficient
    return part(coefficient, [name, *left], view.result, view.dims)


def _holds(factor: Factor, own: Factor, indices: tuple[Index, ...]) -> bool:
    """Whether a factor of the product is at least the power that the definition has of it."""
    if factor.node.key != own.node.key or factor.indices != indices:
        return False
    return factor.power * own.power > 0 and abs(factor.power) >= abs(own.power)
