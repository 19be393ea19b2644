"""Where a reading that conforms is not what people write.

With its kinds fixed, a program may conform and yet be read as nobody means it: a column added to a
matrix, a vector before a norm, a column plus a row.  Each such place is a departure, with a weight,
and with the kinds under which it would be none.  The reading with the fewest departures is taken.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from dimderiv.language.syntax import (
    NOWHERE,
    Add,
    Binary,
    Call,
    Name,
    Node,
    Number,
    Program,
    Transpose,
    children,
    walk,
)
from dimderiv.shapes import ONE
from dimderiv.shaping.clashes import names_in, unsigned
from dimderiv.shaping.scope import SCALAR_AXES, Kind, Scope, kind_of_axes
from dimderiv.shaping.uses import OF_ARRAYS, Use, bare, is_greek

# A vector that multiplies or is added to a whole scalar term, which then is no scalar.
_WHOLE_TERM = 2.0
# The same where the term is a plain inner product: `a b' x` may be meant as it stands.
_INNER_PRODUCT = 1.6
# A column and a row that make a matrix.
_OUTER = 3.0
# A column, or a scalar, that is stretched over a matrix, where a row would be a bias.
_COLUMN_ON_MATRIX, _SCALAR_ON_MATRIX, _GREEK_ON_MATRIX = 1.6, 1.0, 0.6
_COLUMN_TIMES_MATRIX, _SCALAR_TIMES_MATRIX = 1.4, 1.2
# The same where samples are columns, `W X + b`, so that the bias is a column, too.
_WEIGHTS = re.compile(r"W\d*|W_\w+|Theta\d*")
_SAMPLES_IN_COLUMNS = 0.8
# A letter that nobody uses for anything but a bias.
_BIAS = re.compile(r"b\d*|b_\w+|beta\d*")
_NO_BIAS = 1.0
# A scalar where a vector stands beside: `x - mu`.
_SCALAR_ON_VECTOR = 0.5
# The constant of a linear model of data, `X w + b`, written as if it were a vector.
_DATA = re.compile(r"X\d*|X_\w+|Phi|Z")
_INTERCEPT = 1.0
# A scalar that is multiplied by itself and not squared, or `S + w' w`: it may be a matrix.
_NO_POWER = _SQUARE_ON_MATRIX = 1.0
# A capital that multiplies an array as a matrix would.
_CAPITAL_SCALAR = 1.5
# What keeps a root or a quotient from 0, and what an entry is cut off at.
_REGULARISER = 1.7
_TINY = frozenset({"e", "eps", "epsilon", "delta"})
_CUT_OFF = 1.7
# A margin, `max(0, m - d)`, or a parameter above a line, `a ./ x`, may be a number.
_MARGIN, _PARAMETER = 0.8, 0.5
_MARGINS = frozenset({"m", "c", "t", "k", "delta", "epsilon", "alpha", "gamma", "tau", "theta"})
_PARAMETERS = re.compile(r"[a-egk-npst]\d*(_\w+)?")
# The bias of a convolution is one number.
_CONVOLUTION = 3.0
# A scalar before or behind a matrix where a row or a column would be a matrix product.
_NO_MATRIX_PRODUCT = 1.2
_SCALAR_BEHIND = 1.0
# A reduction, a norm or a matrix function of a scalar.
_OF_A_SCALAR = 2.0
_VECTORS = re.compile(r"[huvwxyz]\d*(_\w+)?")
_COUNTS = re.compile(r"[nmpkdNMKD]\d*")


class Departure(NamedTuple):
    """One place that is not what people write.

    Attributes:
        weight: how far it is from what they write.
        instead: the kinds of symbols under which it would be nothing special.
        of_a_scalar: whether a function of arrays is given a scalar.
    """

    weight: float
    instead: Mapping[str, Kind]
    of_a_scalar: bool = False


def departures(scope: Scope, uses: Mapping[str, Use], program: Program) -> list[Departure]:
    """The departures of a program that has been visited, and conforms."""
    reader = _Reader(scope, uses)
    for statement in program.statements:
        reader.read(statement.value)
    return reader.found


class _Reader:
    def __init__(self, scope: Scope, uses: Mapping[str, Use]) -> None:
        self.scope = scope
        self.uses = uses
        self.found: list[Departure] = []

    def read(self, node: Node, under: str = "") -> None:
        """Note the departures in a node.

        Args:
            node: a part of the program.
            under: the function or the operator whose argument it is.
        """
        match node:
            case Number() | Name():
                return
            case Add():
                operands = _of_extreme(node)
                if operands is not None:
                    self._cut_off(operands)
                    return
                self._sum(node, under)
            case Binary("*" | "/"):
                self._chain(node, under)
                return
            case Binary(".*" | "./"):
                self._entrywise(node)
            case Binary("^" | ".^", base, exponent):
                self.read(base, "sqrt" if _is_half(exponent) else node.operator)
                self.read(exponent)
                return
            case Call(function, arguments):
                self._call(node)
                for argument in arguments:
                    self.read(argument, function)
                return
        divisor = node.right if isinstance(node, Binary) and node.operator == "./" else None
        for part in children(node):
            self.read(part, "./" if part is divisor else "")

    def _note(self, weight: float, names: Iterable[str], kind: Kind) -> None:
        self.found.append(Departure(weight, dict.fromkeys(names, kind)))

    def _kind(self, node: Node) -> Kind:
        return kind_of_axes(self.scope.axes[id(node)])

    def _open(self, name: str | None) -> str | None:
        return name if name is not None and self.scope.is_undeclared(name) else None

    def _sum(self, node: Add, under: str) -> None:
        terms = [unsigned(term) for term in node.terms]
        kinds = [self._kind(term) for term in terms]
        alone = [(self._open(bare(term)), kind) for term, kind in zip(terms, kinds, strict=True)]
        names = [(name, kind) for name, kind in dict.fromkeys(alone) if name is not None]
        self._regularised(terms, names, under)
        if set(kinds) == {Kind.SCALAR} or self._beside_whole_terms(terms, kinds):
            return
        if Kind.MATRIX in kinds:
            self._beside_matrix(terms, kinds, names)
            self._on_matrix(terms, kinds)
            self._vectors_on_matrix(terms, kinds)
        elif Kind.COLUMN in kinds and Kind.ROW in kinds:
            if any(isinstance(term, Transpose) for term in terms):
                return
            for name, kind in names:
                if kind is not Kind.SCALAR:
                    self._note(_OUTER, [name], _turned(kind))
        else:
            self._beside_vectors(terms, kinds, names, under)

    def _regularised(
        self, terms: Sequence[Node], names: Sequence[tuple[str, Kind]], under: str
    ) -> None:
        """`sqrt(v + e)`, `log(P + e)`: the constant is a number."""
        if under == "relu":
            self._vectors_are_scalars(_MARGIN, [n for n in names if n[0] in _MARGINS][:1])
        elif under in {"sqrt", "log", "./"} and len(terms) == 2:
            wanted = [n for n in names if n[0] in _TINY or (under == "sqrt" and len(names) == 1)]
            self._vectors_are_scalars(_REGULARISER, wanted[-1:])

    def _cut_off(self, operands: tuple[Node, Node]) -> None:
        """`min(abs(r), c)`, `max(r, 1 - e)`: what something computed is cut off at is a number."""
        for operand, other in (operands, operands[::-1]):
            self.read(operand)
            names = [name for name in map(self._open, names_in(operand)) if name]
            if len(names) == 1 and _is_constant(operand) and not self._open(bare(other)):
                self._vectors_are_scalars(_CUT_OFF, [(names[0], self._kind(operand))])

    def _vectors_are_scalars(self, weight: float, names: Iterable[tuple[str, Kind]]) -> None:
        for name, kind in names:
            if kind is not Kind.SCALAR:
                self._note(weight, [name], Kind.SCALAR)

    def _beside_matrix(
        self, terms: Sequence[Node], kinds: Sequence[Kind], names: Sequence[tuple[str, Kind]]
    ) -> None:
        matrices = [term for term, kind in zip(terms, kinds, strict=True) if kind is Kind.MATRIX]
        if all(isinstance(term, Call) and term.function == "conv2" for term in matrices):
            self._vectors_are_scalars(_CONVOLUTION, names)
            return
        if Kind.COLUMN in kinds and any(isinstance(term, Transpose) for term in terms):
            return
        weights_first = any(map(_has_weights_first, matrices))
        for name, kind in names:
            if weights_first and kind is Kind.COLUMN:
                self._note(_SAMPLES_IN_COLUMNS, [name], Kind.ROW)
            elif kind is Kind.COLUMN:
                if is_greek(name) and not _BIAS.fullmatch(name):
                    self._note(0, [name], Kind.SCALAR)
                more = _NO_BIAS if _BIAS.fullmatch(name) else 0
                self._note(_COLUMN_ON_MATRIX + more, [name], Kind.ROW)
            elif kind is Kind.SCALAR and name not in _TINY:
                is_number = is_greek(name) and not _BIAS.fullmatch(name)
                weight = _GREEK_ON_MATRIX if is_number else _SCALAR_ON_MATRIX
                self._note(weight, [name], Kind.ROW)

    def _vectors_on_matrix(self, terms: Sequence[Node], kinds: Sequence[Kind]) -> None:
        """Note columns that a capital makes of a name, beside a matrix: `A t + B`."""
        for term, kind in zip(terms, kinds, strict=True):
            *before, last = factors(term)
            is_name = isinstance(last, Name) and self._open(last.name)
            if kind is Kind.COLUMN and before and is_name:
                self._note(_COLUMN_ON_MATRIX, [str(bare(last))], Kind.SCALAR)

    def _on_matrix(self, terms: Sequence[Node], kinds: Sequence[Kind]) -> None:
        """Note inner products of a name with itself that are added to a matrix: `S + w' w`."""
        for term, kind in zip(terms, kinds, strict=True):
            name = _squared(term) if kind is Kind.SCALAR else None
            if self._open(name):
                self._note(_SQUARE_ON_MATRIX, [str(name)], Kind.MATRIX)

    def _beside_whole_terms(self, terms: Sequence[Node], kinds: Sequence[Kind]) -> bool:
        """Note names that only multiply, in a sum with scalars that are computed from arrays."""
        computed = [t for t, k in zip(terms, kinds, strict=True) if self._is_computed(t, k)]
        arrays = [t for t, k in zip(terms, kinds, strict=True) if k is not Kind.SCALAR]
        inside = {name for term in computed for name in names_in(term)}
        multipliers = [self._multipliers(term) for term in arrays]
        if not computed or not all(multipliers) or inside & set().union(*multipliers):
            return False
        for names in multipliers:
            self._note(_WHOLE_TERM * len(names), sorted(names), Kind.SCALAR)
        return True

    def _beside_vectors(
        self,
        terms: Sequence[Node],
        kinds: Sequence[Kind],
        names: Sequence[tuple[str, Kind]],
        under: str,
    ) -> None:
        """Note numbers beside vectors; a Greek one in `(x - mu).^2` may be the same for all."""
        arrays = [t for t, k in zip(terms, kinds, strict=True) if k is not Kind.SCALAR]
        for name, kind in names:
            if self._is_intercept(name, arrays):
                self._vectors_are_scalars(_INTERCEPT, [(name, kind)])
            elif under == ".^" and is_greek(name):
                self._vectors_are_scalars(0, [(name, kind)])
            elif kind is Kind.SCALAR:
                self._note(_SCALAR_ON_VECTOR, [name], self._kind(arrays[0]))

    def _is_computed(self, node: Node, kind: Kind) -> bool:
        """Whether a scalar is computed from arrays, in this place or in a definition."""
        if kind is not Kind.SCALAR:
            return False
        scope = self.scope
        return any(
            scope.meanings.get(name) == "definition"
            or scope.names.get(name, SCALAR_AXES) != SCALAR_AXES
            for name in names_in(node)
        )

    def _multipliers(self, node: Node) -> set[str]:
        """The open names that make a term an array, if they do no more than multiply it."""
        names: set[str] = set()
        for factor in factors(node):
            if self._kind(factor) is not Kind.SCALAR:
                counted = self._counted(factor)
                if not counted:
                    return set()
                names |= counted
        return names

    def _counted(self, node: Node) -> set[str]:
        """The arrays among names that are only counted with: `n`, `M/2`, `(n - p - 1)/2`."""
        node = unsigned(node)
        match node:
            case Name(name):
                use = self.uses[name]
                may_be = use.is_count if name[0].isupper() else not use.is_array
                is_open = self._open(name) and may_be
                return {name} if is_open and self._kind(node) is not Kind.SCALAR else set()
            case Number():
                return set()
            case Add() | Binary("*" | "/"):
                names: set[str] = set()
                for part in children(node):
                    counted = self._counted(part)
                    if not counted and self._kind(part) is not Kind.SCALAR:
                        return set()
                    names |= counted
                return names
        return set()

    def _is_intercept(self, name: str, arrays: Sequence[Node]) -> bool:
        """Whether a name is the constant of a linear model: `X w + b`."""
        return bool(_BIAS.fullmatch(name)) and any(map(_is_model, arrays))

    def _chain(self, node: Binary, under: str) -> None:
        """A product of several factors; its divisors are scalars."""
        chain = factors(node)
        for factor in chain:
            self.read(factor, under if len(chain) == 1 else "")
        divisors = list(_divisors(node))
        for divisor in divisors:
            self.read(divisor)
        kinds = [self._kind(factor) for factor in chain]
        self._scaled(chain, kinds)
        self._divided(chain, divisors)
        self._beside_factors(chain, kinds)

    def _scaled(self, chain: Sequence[Node], kinds: Sequence[Kind]) -> None:
        """Note names before, or counts behind, a whole scalar term."""
        for start in range(1, len(chain)):
            term, own = chain[start:], kinds[start:]
            counted = [self._counted(factor) for factor in chain[:start]]
            plain = all(c or k is Kind.SCALAR for c, k in zip(counted, kinds, strict=False))
            if not plain:
                break
            names = set().union(*counted)
            arrays = [factor for factor, kind in zip(term, own, strict=True) if kind in _ARRAYS]
            if not names or not self._is_scalar(arrays):
                continue
            inside = {name for factor in term for name in names_in(factor)}
            is_computed = any(self._is_computed(f, k) for f, k in zip(term, own, strict=True))
            if not names & inside and (arrays or is_computed):
                weight = _INNER_PRODUCT if arrays else _WHOLE_TERM
                self._note(weight * len(names), sorted(names), Kind.SCALAR)
                return
        self._counted_behind(chain, kinds)

    def _divided(self, chain: Sequence[Node], divisors: Sequence[Node]) -> None:
        """Note names that are divided by a whole scalar term: `k / det(X)`."""
        counted = [self._counted(factor) for factor in chain]
        if all(counted) and any(self._is_computed(d, self._kind(d)) for d in divisors):
            names = set().union(*counted)
            if not names & {name for divisor in divisors for name in names_in(divisor)}:
                self._note(_INNER_PRODUCT * len(names), sorted(names), Kind.SCALAR)

    def _is_scalar(self, arrays: Sequence[Node]) -> bool:
        """Whether a product of arrays is a scalar."""
        if not arrays:
            return True
        axes = self.scope.axes
        return axes[id(arrays[0])][0] is ONE and axes[id(arrays[-1])][1] is ONE

    def _counted_behind(self, chain: Sequence[Node], kinds: Sequence[Kind]) -> None:
        *before, last = chain
        names = self._counted(last) if isinstance(unsigned(last), Add) else set[str]()
        is_scalar = all(kind is Kind.SCALAR for kind in kinds[:-1])
        is_computed = any(self._is_computed(factor, Kind.SCALAR) for factor in before)
        if is_scalar and is_computed and any(map(_COUNTS.fullmatch, names)):
            self._note(_WHOLE_TERM * len(names), sorted(names), Kind.SCALAR)

    def _beside_factors(self, chain: Sequence[Node], kinds: Sequence[Kind]) -> None:
        """Note scalars that stand before or behind a matrix as a row or a column would."""
        for k, (factor, kind) in enumerate(zip(chain, kinds, strict=True)):
            name = self._open(factor.name) if isinstance(factor, Name) else None
            if name is None or kind is not Kind.SCALAR:
                continue
            if any(f is not factor and f == factor for f in chain):
                self._note(_NO_POWER, [name], Kind.MATRIX)
            before = [own for own in kinds[:k] if own is not Kind.SCALAR]
            after = [own for own in kinds[k + 1 :] if own is not Kind.SCALAR]
            if not before and after[:1] == [Kind.MATRIX] and _VECTORS.fullmatch(name):
                self._note(_NO_MATRIX_PRODUCT, [name], Kind.ROW)
            elif name[0].isupper() and (before or after):
                self._note(_CAPITAL_SCALAR, [name], Kind.MATRIX)
            elif before[-1:] == [Kind.MATRIX] and not after:
                self._note(_SCALAR_BEHIND, [name], Kind.COLUMN)

    def _entrywise(self, node: Binary) -> None:
        sides = (node.left, node.right)
        for side, other in (sides, sides[::-1]):
            name = self._open(bare(side))
            kind, beside = self._kind(side), self._kind(other)
            if name is None or {kind, beside} == {Kind.SCALAR}:
                continue
            match kind, beside:
                case (Kind.COLUMN, Kind.MATRIX):
                    self._note(_COLUMN_TIMES_MATRIX, [name], Kind.ROW)
                case (Kind.SCALAR, Kind.MATRIX) if node.operator == ".*" or side is node.right:
                    self._note(_SCALAR_TIMES_MATRIX, [name], Kind.ROW)
                case (Kind.COLUMN, Kind.COLUMN) if node.operator == "./" and side is node.left:
                    if _PARAMETERS.fullmatch(name) and isinstance(side, Name):
                        self._note(_PARAMETER, [name], Kind.SCALAR)
                case (Kind.COLUMN, Kind.ROW) | (Kind.ROW, Kind.COLUMN):
                    self._note(_OUTER, [name], beside)
                case (Kind.SCALAR, Kind.COLUMN | Kind.ROW) if node.operator == ".*":
                    self._note(_SCALAR_ON_VECTOR, [name], beside)

    def _call(self, node: Call) -> None:
        if not node.arguments:
            return
        kinds = [self._kind(argument) for argument in node.arguments]
        rule = self.scope.rulebook.rules.get(node.function)
        of_arrays = node.function in OF_ARRAYS or (rule is not None and rule.kind == "matrix")
        if of_arrays and kinds[0] is Kind.SCALAR:
            names = [n for n in names_in(node.arguments[0]) if self._open(n)]
            self.found.append(Departure(_OF_A_SCALAR, dict.fromkeys(names, Kind.COLUMN), True))
        for argument, other in (node.arguments, node.arguments[::-1]) if len(kinds) == 2 else ():
            name, own = self._open(bare(argument)), {self._kind(argument), self._kind(other)}
            if name is not None and own == {Kind.COLUMN, Kind.ROW}:
                self._note(_OUTER, [name], self._kind(other))


_ARRAYS = frozenset({Kind.MATRIX, Kind.COLUMN, Kind.ROW})


def scalar_powers(scope: Scope, program: Program) -> Iterator[tuple[Binary, str]]:
    """Powers of sums of names that nothing but the power makes scalars: `(x - y)^2`."""
    for statement in program.statements:
        for node in walk(statement.value):
            match node:
                case Binary("^", Add(terms)):
                    names = [bare(term) for term in terms]
                    if all(n and n[0].islower() and scope.is_undeclared(n) for n in names):
                        yield from ((node, name) for name in names if name)


def factors(node: Node) -> list[Node]:
    """The factors of a product that is read from left to right, without its divisors."""
    found: list[Node] = []
    while isinstance(node, Binary) and node.operator in {"*", "/"}:
        if node.operator == "*":
            found.append(node.right)
        node = node.left
    return [node, *reversed(found)]


def _divisors(node: Node) -> Iterator[Node]:
    while isinstance(node, Binary) and node.operator in {"*", "/"}:
        if node.operator == "/":
            yield node.right
        node = node.left


def _is_model(node: Node) -> bool:
    first, *others = factors(node)
    return len(others) == 1 and isinstance(first, Name) and bool(_DATA.fullmatch(first.name))


def _of_extreme(node: Add) -> tuple[Node, Node] | None:
    """The operands of a `max` or `min` of two, which the parser writes as a sum with a `relu`."""
    for term in map(unsigned, node.terms):
        if isinstance(term, Call) and term.function == "relu" and term.span == node.span:
            (difference,) = term.arguments
            if isinstance(difference, Add) and node.span != NOWHERE:
                return difference.terms[0], unsigned(difference.terms[1])
    return None


def _is_constant(node: Node) -> bool:
    """Whether a part is one name, with numbers added."""
    terms = [unsigned(t) for t in (node.terms if isinstance(node, Add) else (node,))]
    return all(isinstance(term, (Name, Number)) for term in terms)


def _squared(node: Node) -> str | None:
    """The name whose inner product with itself a part is."""
    match node:
        case Binary("*", Transpose(Name(name)), Name(other)) if name == other:
            return name
    return None


def _has_weights_first(node: Node) -> bool:
    """Whether a product is one of weights and of samples that are columns: `W X`."""
    first, *others = factors(node)
    is_first = isinstance(first, Name) and bool(_WEIGHTS.fullmatch(first.name))
    last = others[-1] if others else first
    return is_first and isinstance(last, Name) and not _WEIGHTS.fullmatch(last.name)


def _is_half(node: Node) -> bool:
    match node:
        case Number(value):
            return value * 2 == 1
        case Binary("/", Number(left), Number(right)):
            return left * 2 == right
    return False


def _turned(kind: Kind) -> Kind:
    return Kind.ROW if kind is Kind.COLUMN else Kind.COLUMN
