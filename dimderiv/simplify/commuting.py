"""Which matrices commute, whatever their entries.

A matrix is read as a polynomial in words: products of letters, the matrices that have no parts.
Two words commute just where both are powers of one word (Lyndon and Schützenberger, Michigan
Mathematical Journal 9, 1962), and a function of a matrix, such as its inverse, commutes with all
that the matrix commutes with.
"""

from collections.abc import Iterator
from typing import NamedTuple

from dimderiv.graph import (
    Factor,
    Function,
    Key,
    Named,
    Node,
    Product,
    Sum,
    is_symmetric,
    without_coefficient,
)
from dimderiv.rulebook import commutes


class Letter(NamedTuple):
    """A matrix without parts, and whether it stands transposed; a symmetric one never does."""

    key: Key
    turned: bool | None


Word = tuple[Letter, ...]


def commute(first: Node, second: Node) -> bool:
    """Whether two square matrices are known to commute."""
    roots = [{_root(word) for word in _words(node) if word} for node in (first, second)]
    if not all(roots) or len(roots[0] | roots[1]) == 1:
        return True
    return any(
        {_root(word) for word in _words(node, whole) if word} <= {(_letter(whole),)}
        for node, whole in ((first, second), (second, first))
    )


def _root(word: Word) -> Word:
    """The shortest word that a word is a power of."""
    size = len(word)
    periods = (p for p in range(1, size + 1) if size % p == 0)
    return next(word[:p] for p in periods if word[:p] * (size // p) == word)


def _words(node: Node, letter: Node | None = None) -> Iterator[Word]:
    """The words that a matrix is a polynomial in, or a function of such a polynomial."""
    match node:
        case _ if letter is not None and node.key == letter.key:
            yield (_letter(node),)
        case Named():
            yield from _words(node.value, letter)
        case Sum():
            for _, term in node.terms:
                yield from _words(term, letter)
        case Function() if commutes(node.function):
            yield from _words(node.arguments[0], letter)
        case Product():
            yield from _words_of_product(node, letter)
        case _:
            yield (_letter(node),)


def _letter(node: Node, *, turned: bool = False) -> Letter:
    return Letter(node.key, None if is_symmetric(node) else turned)


def _words_of_product(node: Product, letter: Node | None) -> Iterator[Word]:
    matrices = [factor for factor in node.factors if factor.indices]
    if not matrices and len(set(node.result)) < len(node.result):
        return
    chain = _chain(matrices, node)
    if chain is None:
        yield (_letter(without_coefficient(node)),)
        return
    if len(chain) == 1 and isinstance(chain[0][0], Sum):
        yield from (_turned(each) for each in _words(chain[0][0], letter))
        return
    word: list[Letter] = []
    for matrix, turned in chain:
        part = matrix.value if isinstance(matrix, Named) else matrix
        if isinstance(part, Function) and commutes(part.function):
            yield tuple(word)
            word = []
            yield from (_turned(each) if turned else each for each in _words(part, letter))
        else:
            word += _spelled(matrix, letter, turned=turned)
    yield tuple(word)


def _spelled(matrix: Node, letter: Node | None, *, turned: bool) -> Word:
    """A matrix in a chain letter by letter: a named product is what it is a product of."""
    is_open = letter is None or matrix.key != letter.key
    if is_open and isinstance(matrix, Named) and isinstance(matrix.value, Product):
        factors = [factor for factor in matrix.value.factors if factor.indices]
        chain = _chain(factors, matrix.value)
        if chain is not None and len(factors) == len(matrix.value.factors):
            word = tuple(x for part, back in chain for x in _spelled(part, letter, turned=back))
            return _turned(word) if turned else word
    return (_letter(matrix, turned=turned),)


def _turned(word: Word) -> Word:
    """The transpose of a word."""
    return tuple(
        x._replace(turned=x.turned if x.turned is None else not x.turned) for x in word[::-1]
    )


def _chain(matrices: list[Factor], node: Product) -> list[tuple[Node, bool]] | None:
    """The matrices of a matrix product from left to right, and whether each stands transposed."""
    if len(node.result) != 2 or node.result[0] == node.result[1]:
        return None
    place, left, chain = node.result[0], list(matrices), list[tuple[Node, bool]]()
    while left:
        near = [factor for factor in left if place in factor.indices]
        if len(near) != 1 or len(near[0].indices) != 2 or near[0].power != 1:
            return None
        (factor,) = near
        first, second = factor.indices
        left.remove(factor)
        chain.append((factor.node, first != place))
        place = second if first == place else first
        if left and place in node.result:
            return None
    return chain if place == node.result[1] else None
