"""Sums of Kronecker products as they are read: what all terms begin or end with stands outside.

`A K(m, n) + B K(m, n)` is `(A + B) K(m, n)`, and a minus before `kron(M, P - I)` goes inside:
`kron(M, I - P)`.  What is left of `c K(m, n)` beside `A K(m, n)` is `c I`, not the scalar.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from dimderiv.conform import notation
from dimderiv.conform.notation import Face, Piece
from dimderiv.language import Add, Call, Dim, Negative, Node


class Term(NamedTuple):
    """One face of a term: its sign, the scalars that it begins with, and its other factors."""

    negative: bool
    scalars: list[Node]
    chain: list[Node]

    @staticmethod
    def of(negative: bool, scalars: int, face: Face) -> "Term":
        """A face as a term; one that is turned or divided as a whole begins with no scalar."""
        chain = notation.factors(face)
        count = scalars if scalars < len(chain) else 0
        return Term(negative, chain[:count], chain[count:])

    def without(self, before: int, after: int, axes: Sequence[Dim]) -> Face:
        """What is left without some factors at one end; of a matrix that goes, the identity."""
        rest = self.chain[before : len(self.chain) - after]
        identity = notation.identity(axes[0 if after else 1]).straight.tree
        return notation.juxtaposed(_faces([*self.scalars, *(rest or [identity])]))


def summed(terms: Sequence[tuple[bool, int, Piece]], axes: Sequence[Dim]) -> Piece:
    """A sum of pieces with two axes."""
    signed = [(*_with_sign_inside(minus, piece), scalars) for minus, scalars, piece in terms]
    first = next((k for k, (negative, _, _) in enumerate(signed) if not negative), 0)
    signed = [signed[first], *signed[:first], *signed[first + 1 :]]
    return notation.two_faced(
        _together([(minus, scalars, piece.straight) for minus, piece, scalars in signed], axes),
        _together(
            [(minus, scalars, piece.flipped) for minus, piece, scalars in signed], axes[::-1]
        ),
    )


def _together(faces: Sequence[tuple[bool, int, Face]], axes: Sequence[Dim]) -> Face:
    """Faces added up, with the factors that all begin or end with outside."""
    terms = [Term.of(*each) for each in faces]
    before, after = _alike(terms)
    if not before + after:
        return notation.added([(negative, face) for negative, _, face in faces])
    first = terms[0].chain
    last = first[len(first) - after :]
    total = notation.added([(term.negative, term.without(before, after, axes)) for term in terms])
    return notation.juxtaposed([*_faces(first[:before]), total, *_faces(last)])


def _alike(terms: Sequence[Term]) -> tuple[int, int]:
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


def _faces(trees: Sequence[Node]) -> list[Face]:
    return [Face(tree, notation.symbols(tree)) for tree in trees]


def _with_sign_inside(negative: bool, piece: Piece) -> tuple[bool, Piece]:
    """A piece whose minus has gone into a difference in a Kronecker product, if it has one."""
    straight, flipped = (_negated(face) for face in piece)
    if not negative or straight is None or flipped is None:
        return negative, piece
    return False, Piece(straight, flipped)


def _negated(face: Face) -> Face | None:
    """Minus a product of which one factor is a Kronecker product with a difference in it."""
    chain = notation.factors(face)
    for place, tree in enumerate(chain):
        for k, argument in enumerate(tree.arguments if isinstance(tree, Call) else ()):
            if not isinstance(tree, Call) or tree.function != "kron" or not _is_mixed(argument):
                continue
            assert isinstance(argument, Add)
            arguments = (*tree.arguments[:k], _turned(argument), *tree.arguments[k + 1 :])
            chain[place] = replace(tree, arguments=arguments)
            return Face(notation.juxtaposed(_faces(chain)).tree, face.cost)
    return None


def _is_mixed(tree: Node) -> bool:
    return isinstance(tree, Add) and any(isinstance(term, Negative) for term in tree.terms)


def _turned(tree: Add) -> Add:
    """Minus a sum, one that is added first."""
    terms = [t.operand if isinstance(t, Negative) else Negative(t) for t in tree.terms]
    return replace(tree, terms=tuple(sorted(terms, key=lambda term: isinstance(term, Negative))))
