"""The numpy code of one expression: a walk over its syntax tree.

A chain of products that has a vector in it is taken apart whichever way it was bracketed, and put
together from the vector's side, so that no matrix product is done where a product with a vector
is enough.  Products of matrices alone are done as they are bracketed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Protocol

from dimderiv.codegen import functions
from dimderiv.codegen.arrays import (
    Arrays,
    Code,
    array,
    constant,
    level_of,
    negated,
    transposed,
)
from dimderiv.codegen.handed_in import HELPER, call_of
from dimderiv.codegen.index_forms import IndexWriter
from dimderiv.codegen.user_functions import Body, UserFunction
from dimderiv.errors import ShapeError
from dimderiv.language.syntax import (
    Add,
    Binary,
    Call,
    Entry,
    Group,
    IndexForm,
    Name,
    Negative,
    Node,
    Number,
    Transpose,
)
from dimderiv.language.vocabulary import COMMUTATIONS
from dimderiv.shapes import SCALAR, Dim, Shape, size_of

Write = Callable[[Node], Code]


class Shapes(Protocol):
    """What is known of the nodes and names of a program."""

    def shape(self, node: Node) -> Shape:
        """The shape of a node."""

    def meaning(self, name: str) -> str:
        """What a name stands for."""


@dataclass
class Chain:
    """A product taken apart: its scalars, and its matrices and vectors from left to right."""

    scalars: list[Node] = field(default_factory=list)
    factors: list[tuple[Node, bool]] = field(default_factory=list)
    negative: bool = False


class Writer:
    """Writes the expressions of one program.

    Args:
        typed: the program, with the shape of each of its nodes.
        names: the code of each symbol; definitions are added as they are written.
        arrays: the operations on pieces of code.
        helper: called with the name of a function that the code needs; says how it is called.
        shared: called with each node and what writes it; may put a variable in its place.
        defined: the functions that only a user's rule file defines.
        handed_in: the names in the code of the functions that are handed in.
    """

    def __init__(
        self,
        typed: Shapes,
        names: Mapping[str, Code],
        arrays: Arrays,
        helper: Callable[[str], str],
        shared: Callable[[Node, Write], Code],
        defined: Mapping[str, UserFunction],
        handed_in: Mapping[str, str],
    ) -> None:
        self.typed = typed
        self.names = {**names}
        self.defined = defined
        self.handed_in = handed_in
        self.arrays = arrays
        self.helper = helper
        self.shared = shared

    def code(self, node: Node) -> Code:
        """The code of an expression.

        Args:
            node: a node of the program.
        """
        return self.shared(node, self.written)

    def written(self, node: Node) -> Code:
        """The code of an expression that is written out here, even where it occurs elsewhere."""
        match node:
            case Number():
                return functions.number(node.value)
            case Name():
                return self._name(node)
            case Negative(operand):
                return negated(self._bare(operand))
            case Add(terms):
                return self._sum(terms)
            case Transpose(Binary("*")) | Binary("*"):
                return self._product(node)
            case Transpose(operand):
                return transposed(self.code(operand))
            case Binary("^", base, exponent):
                return self._power(base, exponent)
            case Binary(operator, left, right):
                sign = {".*": "*", "./": "/", ".^": "**"}.get(operator, operator)
                return self.arrays.entrywise(sign, self.code(left), self.code(right))
            case Call():
                return self._call(node)
            case IndexForm():
                return IndexWriter(
                    node, self.code, self.shape, self.typed.meaning, self.arrays, self.helper
                ).written()
            case Group(operand):
                return self.code(operand)
            case Entry():
                raise ShapeError("an entry has no code outside of an index form", span=node.span)

    def _name(self, node: Name) -> Code:
        if node.name in self.names:
            return self.names[node.name]
        match self.typed.meaning(node.name):
            case "identity":
                return functions.filled("eye", self.shape(node))
            case "pi":
                return array("np.pi", SCALAR)
            case _:
                return self.arrays.size(Dim.of(node.name))

    def shape(self, node: Node) -> Shape:
        """The shape of a node of the program."""
        return self.typed.shape(node)

    def _bare(self, node: Node) -> Code:
        code = self.code(node)
        return self.arrays.full(code) if code.form in ("inverse", "permutation") else code

    def _sum(self, terms: Sequence[Node]) -> Code:
        total = self._bare(terms[0])
        for term in terms[1:]:
            sign, part = ("-", term.operand) if isinstance(term, Negative) else ("+", term)
            total = self.arrays.entrywise(sign, total, self._bare(part))
        return total

    def _power(self, base: Node, exponent: Node) -> Code:
        if self.shape(base).is_scalar:
            squared = isinstance(exponent, Number) and exponent.value == 2
            if squared and isinstance(base, Call) and base.function in ("norm2", "normF"):
                return self.square_sum(self.code(base.arguments[0]))
            return self.arrays.entrywise("**", self.code(base), self.code(exponent))
        power = self.code(exponent).text
        matrix = self._bare(base)
        if power == "-1":
            return functions.inverse(matrix, self.arrays)
        whole = self.arrays.full(matrix)
        text = f"np.linalg.matrix_power({whole.text}, {power})"
        return whole if power == "1" else array(text, whole.shape)

    def square_sum(self, code: Code) -> Code:
        """The sum of the squares of all entries."""
        code = self.arrays.full(code)
        if code.text.isidentifier() and code.flat and not code.shape.is_matrix:
            operator = "**" if code.shape.is_scalar else "@"
            other = constant("2", SCALAR) if code.shape.is_scalar else code
            text = f"{code.text}**2" if operator == "**" else f"{code.text} @ {other.text}"
            return array(text, SCALAR, level_of(operator))
        return self.arrays.total(self.arrays.entrywise("**", code, constant("2", SCALAR)), None)

    def _product(self, node: Node) -> Code:
        chain = self.chain(node)
        if any(self._is_vector(factor) for factor in chain.factors):
            return self.chain_code(chain)
        match node:
            case Transpose(operand):
                return transposed(self.arrays.full(self.code(operand)))
            case Binary("*") if chain.factors and (chain.scalars or chain.negative):
                return self._scaled(chain, [self._matrices(node)])
            case Binary("*", left, right):
                return self.arrays.product(self.code(left), self.code(right))
        raise AssertionError(node)

    def _matrices(self, node: Node) -> Code:
        """The product of the matrices in a product, bracketed as they are, without its scalars."""
        chain = self.chain(node)
        match node:
            case _ if not chain.scalars and not chain.negative:
                return self.code(node)
            case Binary("*", left, right):
                sides = [side for side in (left, right) if not self.shape(side).is_scalar]
                return reduce(self.arrays.product, [self._matrices(side) for side in sides])
            case Transpose(operand):
                return transposed(self.arrays.full(self._matrices(operand)))
            case Negative(operand) | Group(operand):
                return self._matrices(operand)
        raise AssertionError(node)

    def _scaled(self, chain: Chain, parts: Sequence[Code]) -> Code:
        scalars = [self.code(scalar) for scalar in chain.scalars]
        scaled = reduce(self.arrays.product, [*scalars, *parts])
        return negated(scaled) if chain.negative else scaled

    def _is_vector(self, factor: tuple[Node, bool]) -> bool:
        return not self.shape(factor[0]).is_matrix

    def chain(self, node: Node) -> Chain:
        """A product taken apart as far as the brackets around scalars allow."""
        chain = Chain()
        self._gather(node, False, chain, top=True)
        return chain

    def _gather(self, node: Node, turned: bool, chain: Chain, top: bool = False) -> None:
        if not top and self.shape(node).is_scalar:
            chain.scalars.append(node)
            return
        match node:
            case Binary("*", left, right):
                for side in (right, left) if turned else (left, right):
                    self._gather(side, turned, chain)
            case Transpose(operand):
                self._gather(operand, not turned, chain, top)
            case Negative(operand):
                chain.negative = not chain.negative
                self._gather(operand, turned, chain)
            case Group(operand):
                self._gather(operand, turned, chain, top)
            case _:
                chain.factors.append((node, turned))

    def chain_code(self, chain: Chain) -> Code:
        """The product of a chain that is cut where only one number is passed on.

        Args:
            chain: factors of which one or more are vectors.
        """
        parts = [self._segment(segment) for segment in self._segments(chain.factors)]
        parts.sort(key=lambda code: not code.shape.is_scalar)
        return self._scaled(chain, parts)

    def _segments(self, factors: Sequence[tuple[Node, bool]]) -> list[list[Code]]:
        segments: list[list[Code]] = [[]]
        for node, turned in factors:
            code = self.code(node)
            segments[-1].append(transposed(code) if turned else code)
            if segments[-1][-1].shape.cols.is_one:
                segments.append([])
        return [segment for segment in segments if segment]

    def _segment(self, codes: list[Code]) -> Code:
        from_right = not codes[0].shape.rows.is_one or any(c.form == "inverse" for c in codes)
        if not codes[-1].shape.cols.is_one or not from_right:
            return reduce(self.arrays.product, codes)
        return reduce(lambda right, left: self.arrays.product(left, right), reversed(codes))

    def define(self, name: str, code: Code) -> None:
        """Let a name of the program stand for code from here on."""
        self.names[name] = code

    def _call(self, node: Call) -> Code:
        match node:
            case Call("tr" | "diag", (Binary("*") as product,)) if self.shape(product).is_matrix:
                short = self._diagonal_of_product(product, node.function)
                if short is not None:
                    return short
            case Call("ones" | "eye"):
                return functions.filled(node.function, self.shape(node))
            case Call(function, (rows, cols)) if self._is_commutation(function):
                return functions.commutation(size_of(rows), size_of(cols), self.arrays, self.helper)
        arguments = [self.code(argument) for argument in node.arguments]
        if node.function in ("vector", "matrix"):
            return replace(arguments[0], shape=self.shape(node))
        if node.function in self.handed_in:
            name, helper = self.handed_in[node.function], self.helper(HELPER)
            shape = self.shape(node)
            return call_of(node.function, name, arguments[0], shape, self.arrays, helper)
        if node.function in self.defined:
            return self._body(self.defined[node.function], arguments)
        return functions.call(node, arguments, self.arrays, self.helper)

    def _is_commutation(self, function: str) -> bool:
        return function in COMMUTATIONS and function not in self.defined

    def _diagonal_of_product(self, product: Binary, function: str) -> Code | None:
        """The trace or the diagonal of a product whose other entries need not be computed."""
        chain = self.chain(product)
        if any(self._is_vector(factor) for factor in chain.factors):
            return self.chain_code(self._rotated(chain)) if function == "tr" else None
        if self.shape(product.left).is_scalar or self.shape(product.right).is_scalar:
            return None
        left, right = self.code(product.left), transposed(self.code(product.right))
        if left == right and function == "tr":
            return self.square_sum(transposed(left) if left.text.endswith(".T") else left)
        entries = self.arrays.entrywise("*", left, right)
        return self.arrays.total(entries, None if function == "tr" else 1)

    def _rotated(self, chain: Chain) -> Chain:
        shapes = [
            self.shape(node).transposed if turned else self.shape(node)
            for node, turned in chain.factors
        ]
        cut = 1 + next(place for place, shape in enumerate(shapes) if shape.cols.is_one)
        return replace(chain, factors=chain.factors[cut:] + chain.factors[:cut])

    def _body(self, defined: UserFunction, arguments: Sequence[Code]) -> Code:
        bound = dict(zip(defined.arguments, arguments, strict=True))
        known = Body()
        writer = Writer(
            known, bound, self.arrays, self.helper, known.remembered, self.defined, self.handed_in
        )
        known.code = writer.code
        if defined.column is not None and arguments[0].shape.is_column:
            return writer.code(defined.column)
        return writer.code(defined.body)
