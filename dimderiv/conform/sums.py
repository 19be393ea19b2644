"""Sums in matrix notation, and what is one term of several.

Index forms with the same axes are one: `[i:m] a[i] - [i:m] b[i]` is `[i:m] a[i] - b[i]`.  Where
Kronecker products are added, what all terms begin or end with stands outside, as `K(m, n)` does in
`(A + B) K(m, n)`, and a minus before `kron(M, P - I)` goes inside: `kron(M, I - P)`.  What is left
of `c K(m, n)` beside `A K(m, n)` is `c I`, not the scalar.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from dimderiv.conform import notation
from dimderiv.conform.notation import Form, TwoWay, two_way
from dimderiv.language import Add, Call, Dim, IndexForm, Negative, Transpose, Tree

Signed = TypeVar("Signed", bound=tuple[Any, ...])


def summed(terms: Sequence[tuple[bool, TwoWay]]) -> TwoWay:
    """A sum of pieces, each with whether it is subtracted; one that is added goes first."""
    signs, pieces = zip(*_added_first(terms), strict=True)
    forms = zip(*pieces, strict=True)
    return two_way(*(added(list(zip(signs, each, strict=True))) for each in forms))


def _added_first(terms: Sequence[Signed]) -> list[Signed]:
    first = next((k for k, term in enumerate(terms) if not term[0]), 0)
    return [terms[first], *terms[:first], *terms[first + 1 :]]


def added(terms: Sequence[tuple[bool, Form]]) -> Form:
    """Forms with plus and minus signs between them."""
    trees: list[Tree] = []
    for negative, form in terms:
        if isinstance(form.tree, Add) and not negative:
            trees.extend(form.tree.terms)
        else:
            trees.append(Negative(form.tree) if negative else form.tree)
    cost = sum(form.cost for _, form in terms) + len(terms) - 1 + terms[0][0]
    together = forms_together(trees)
    return Form(together[0] if len(together) == 1 else Add(tuple(together)), cost)


def negated(piece: TwoWay) -> TwoWay:
    """A piece with a minus sign before it, or before what it says entry by entry."""
    return TwoWay(*(Form(forms_together([Negative(f.tree)])[0], f.cost + 1) for f in piece))


def forms_together(terms: Sequence[Tree]) -> list[Tree]:
    """The terms of a sum, with index forms that have the same axes as one."""
    found: list[Tree] = []
    places: dict[tuple[object, ...], int] = {}
    for term in terms:
        form, wrap, is_negative = _as_form(term)
        if form is None:
            found.append(term)
            continue
        body = form.body.terms if isinstance(form.body, Add) else (form.body,)
        signed = [_opposite(each) if is_negative else each for each in body]
        place = places.setdefault((wrap, form.letters, form.groups), len(found))
        if place == len(found):
            found.append(term)
        else:
            first, _, _ = _as_form(found[place])
            assert first is not None, "a place is that of an index form"
            before = first.body.terms if isinstance(first.body, Add) else (first.body,)
            signed = [*before, *signed]
        whole = replace(form, body=signed[0] if len(signed) == 1 else Add(tuple(signed)))
        found[place] = Transpose(whole) if wrap else whole
    return found


def _as_form(tree: Tree) -> tuple[IndexForm | None, bool, bool]:
    """The index form that a term is, whether it is transposed, and whether it is subtracted."""
    is_negative = isinstance(tree, Negative)
    inner = tree.operand if isinstance(tree, Negative) else tree
    is_transposed = isinstance(inner, Transpose)
    inner = inner.operand if isinstance(inner, Transpose) else inner
    return (inner if isinstance(inner, IndexForm) else None), is_transposed, is_negative


def _opposite(tree: Tree) -> Tree:
    return tree.operand if isinstance(tree, Negative) else Negative(tree)


class ScaledChain(NamedTuple):
    """One form of a term: its sign, the scalars that it begins with, and its other factors."""

    negative: bool
    scalars: list[Tree]
    chain: list[Tree]

    @staticmethod
    def of(negative: bool, scalars: int, form: Form) -> "ScaledChain":
        """A form as a term; one that is transposed or divided as a whole begins with no scalar."""
        chain = notation.factors(form)
        count = scalars if scalars < len(chain) else 0
        return ScaledChain(negative, chain[:count], chain[count:])

    def without(self, before: int, after: int, axes: Sequence[Dim]) -> Form:
        """What is left without some factors at one end; of a matrix that goes, the identity."""
        rest = self.chain[before : len(self.chain) - after]
        identity = notation.identity(axes[0 if after else 1]).upright.tree
        return notation.juxtaposed(_forms([*self.scalars, *(rest or [identity])]))


def summed_by_ends(terms: Sequence[tuple[bool, int, TwoWay]], axes: Sequence[Dim]) -> TwoWay:
    """A sum of matrices, with what all begin or end with outside.

    Each has whether it is subtracted, and with how many scalars it begins.
    """
    signed = _added_first([(*_with_sign_inside(sign, p), count) for sign, count, p in terms])
    signs, pieces, counts = zip(*signed, strict=True)
    upright, transposed = (
        list(zip(signs, counts, forms, strict=True)) for forms in zip(*pieces, strict=True)
    )
    return two_way(_with_ends_outside(upright, axes), _with_ends_outside(transposed, axes[::-1]))


def _with_ends_outside(forms: Sequence[tuple[bool, int, Form]], axes: Sequence[Dim]) -> Form:
    """Forms added up, with the factors that all begin or end with outside."""
    terms = [ScaledChain.of(*each) for each in forms]
    before, after = _alike(terms)
    if not before + after:
        return added([(negative, form) for negative, _, form in forms])
    first = terms[0].chain
    last = first[len(first) - after :]
    total = added([(term.negative, term.without(before, after, axes)) for term in terms])
    return notation.juxtaposed([*_forms(first[:before]), total, *_forms(last)])


def _alike(terms: Sequence[ScaledChain]) -> tuple[int, int]:
    """With how many factors all begin and end, from both sides in turn.

    One is left of each, unless a scalar is, in front of a matrix with an axis of the whole.
    """
    chains = [term.chain for term in terms]
    before = after = 0
    spare = min(len(term.chain) - (not term.scalars) for term in terms)
    while spare:
        more_before = len({chain[before] for chain in chains}) == 1
        before, spare = before + more_before, spare - more_before
        more_after = spare > 0 and len({chain[-1 - after] for chain in chains}) == 1
        after, spare = after + more_after, spare - more_after
        if not more_before and not more_after:
            break
    is_inside = before > 0 and before + after == min(map(len, chains))
    return before, after - (is_inside and after > 0)


def _forms(trees: Sequence[Tree]) -> list[Form]:
    return [Form(tree, notation.symbols(tree)) for tree in trees]


def _with_sign_inside(negative: bool, piece: TwoWay) -> tuple[bool, TwoWay]:
    """A piece whose minus has gone into a difference in a Kronecker product, if it has one."""
    upright, transposed = (_negated_product(form) for form in piece)
    if not negative or upright is None or transposed is None:
        return negative, piece
    return False, TwoWay(upright, transposed)


def _negated_product(form: Form) -> Form | None:
    """Minus a product of which one factor is a Kronecker product with a difference in it."""
    chain = notation.factors(form)
    for place, tree in enumerate(chain):
        if not isinstance(tree, Call) or tree.function != "kron":
            continue
        for k, inner in enumerate(tree.arguments):
            if isinstance(inner, Add) and any(isinstance(term, Negative) for term in inner.terms):
                arguments = (*tree.arguments[:k], _negated_sum(inner), *tree.arguments[k + 1 :])
                chain[place] = replace(tree, arguments=arguments)
                return Form(notation.juxtaposed(_forms(chain)).tree, form.cost)
    return None


def is_difference(tree: Tree) -> bool:
    """Whether a tree is a sum with a term that is subtracted.

    Args:
        tree: any expression.
    """
    return isinstance(tree, Add) and any(isinstance(term, Negative) for term in tree.terms)


def opposite(tree: Tree) -> Tree:
    """Minus a difference, one that is added first.

    Args:
        tree: the difference.
    """
    assert isinstance(tree, Add), "only a difference takes a sign in"
    return _negated_sum(tree)


def _negated_sum(tree: Add) -> Add:
    """Minus a sum, one that is added first."""
    terms = map(_opposite, tree.terms)
    return replace(tree, terms=tuple(sorted(terms, key=lambda term: isinstance(term, Negative))))
