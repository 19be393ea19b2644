"""Sums of Kronecker products as they are read: what all terms begin or end with stands outside.

`A K(m, n) + B K(m, n)` is `(A + B) K(m, n)`, and a minus before `kron(M, P - I)` goes inside:
`kron(M, I - P)`.
"""

from collections.abc import Sequence
from dataclasses import replace

from dimderiv import notation
from dimderiv.language.syntax import Add, Call, Negative, Node
from dimderiv.notation import Face, Piece

Signed = tuple[bool, Face]


def summed(terms: Sequence[tuple[bool, Piece]]) -> Piece:
    """A sum of pieces with two axes, each with whether it is subtracted.

    Args:
        terms: the sign and the notation of each term.
    """
    signed = [_with_sign_inside(negative, piece) for negative, piece in terms]
    first = next((k for k, (negative, _) in enumerate(signed) if not negative), 0)
    signed = [signed[first], *signed[:first], *signed[first + 1 :]]
    return notation.two_faced(
        _together([(negative, piece.straight) for negative, piece in signed]),
        _together([(negative, piece.flipped) for negative, piece in signed]),
    )


def _together(terms: Sequence[Signed]) -> Face:
    """Faces added up, with the factors that all begin or end with outside."""
    chains = [notation.factors(face) for _, face in terms]
    before, after = _alike(chains)
    if not before + after:
        return notation.added(terms)
    rests = [chain[before : len(chain) - after] for chain in chains]
    signs = [negative for negative, _ in terms]
    inner = [notation.juxtaposed(_faces(rest)) for rest in rests]
    first = chains[0]
    last = first[len(first) - after :]
    total = notation.added(list(zip(signs, inner, strict=True)))
    return notation.juxtaposed([*_faces(first[:before]), total, *_faces(last)])


def _alike(chains: Sequence[Sequence[Node]]) -> tuple[int, int]:
    """With how many factors all chains begin and end, from both sides in turn; one is left."""
    before = after = 0
    spare = min(map(len, chains)) - 1
    while spare:
        more_before = len({chain[before] for chain in chains}) == 1
        before, spare = before + more_before, spare - more_before
        more_after = spare > 0 and len({chain[-1 - after] for chain in chains}) == 1
        after, spare = after + more_after, spare - more_after
        if not more_before and not more_after:
            break
    return before, after


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
