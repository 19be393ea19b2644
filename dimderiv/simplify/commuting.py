"""Which matrices commute, whatever their entries.

A matrix is read as a polynomial in words: products of letters, the matrices that have no parts.
Two words commute just where both are powers of one word (Lyndon and Schützenberger, Michigan
Mathematical Journal 9, 1962), and a function of a matrix, such as its inverse, commutes with all
that the matrix commutes with.
"""

from collections.abc import Iterator
from typing import NamedTuple

from dimderiv.graph import (
    Function,
    Key,
    Named,
    Node,
    Product,
    Sum,
    chain,
    is_symmetric,
    unnamed,
    without_coefficient,
)
from dimderiv.rulebook import commutes


class ChainLetter(NamedTuple):
    """A matrix without parts, and whether it stands transposed; a symmetric one never does."""

    key: Key
    transposed: bool | None


Word = tuple[ChainLetter, ...]


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


def _letter(node: Node, *, transposed: bool = False) -> ChainLetter:
    return ChainLetter(node.key, None if is_symmetric(node) else transposed)


def _words_of_product(node: Product, letter: Node | None) -> Iterator[Word]:
    if len(set(node.result)) < len(node.result) and not any(f.indices for f in node.factors):
        return
    links = chain(node)
    if links is None:
        yield (_letter(without_coefficient(node)),)
        return
    if len(links) == 1 and isinstance(links[0][0], Sum):
        yield from (_transposed(each) for each in _words(links[0][0], letter))
        return
    word: list[ChainLetter] = []
    for matrix, transposed in links:
        part = unnamed(matrix)
        if isinstance(part, Function) and commutes(part.function):
            yield tuple(word)
            word = []
            yield from (_transposed(each) if transposed else each for each in _words(part, letter))
        else:
            word += _spelled(matrix, letter, transposed=transposed)
    yield tuple(word)


def _spelled(matrix: Node, letter: Node | None, *, transposed: bool) -> Word:
    """A matrix in a chain letter by letter: a named product is what it is a product of."""
    is_open = letter is None or matrix.key != letter.key
    if is_open and isinstance(matrix, Named) and isinstance(matrix.value, Product):
        links = chain(matrix.value)
        if links is not None and len(links) == len(matrix.value.factors):
            parts = [_spelled(part, letter, transposed=way) for part, way in links]
            word = tuple(x for part in parts for x in part)
            return _transposed(word) if transposed else word
    return (_letter(matrix, transposed=transposed),)


def _transposed(word: Word) -> Word:
    """The transpose of a word."""
    return tuple(
        x._replace(transposed=x.transposed if x.transposed is None else not x.transposed)
        for x in word[::-1]
    )
