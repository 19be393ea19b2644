"""Where a reading that conforms is not what people write.

With its kinds fixed, a program may conform and yet be read as nobody means it: a column added to a
matrix, a vector before a norm, a column plus a row.  Each such place is a departure, with a weight,
and with the kinds under which it would be none.  The reading with the fewest departures is taken.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from dimderiv.infer import habits
from dimderiv.infer.clashes import Axes, unsigned
from dimderiv.infer.multiplying import Departure, ProductReader
from dimderiv.infer.operators import constant
from dimderiv.infer.scope import Kind, Scope
from dimderiv.infer.uses import OF_ARRAYS, Use, bare, is_greek
from dimderiv.language import ONE, children, is_extreme_of_two, names_in, syntax

_HALF = Fraction(1, 2)


def departures(scope: Scope, uses: Mapping[str, Use], program: syntax.Program) -> list[Departure]:
    """The departures of a program that has been visited, and conforms."""
    reader = _Reader(scope, uses)
    for statement in program.statements:
        reader.read(statement.value)
    return reader.found


class _Reader(ProductReader):
    def read(self, node: syntax.Tree, under: str = "") -> None:
        """Note the departures in a node."""
        match node:
            case syntax.Number() | syntax.Name():
                return
            case syntax.Add():
                self._sum(node, under)
            case syntax.Binary("*" | "/"):
                chain = habits.factors(node)
                for part in (*chain, *habits.divisors_of(node)):
                    self.read(part, under if len(chain) == 1 and part is chain[0] else "")
                self.product(node)
                return
            case syntax.Binary(".*" | "./"):
                self._entrywise(node)
            case syntax.Binary("^" | ".^", base, exponent):
                self.read(base, "sqrt" if constant(exponent) == _HALF else node.operator)
                self.read(exponent)
                return
            case syntax.Call(_, (left, right)) if is_extreme_of_two(node):
                self._extreme(left, right)
                return
            case syntax.Call(function, arguments):
                self._call(node)
                for argument in arguments:
                    self.read(argument, function)
                return
        divisor = node.right if isinstance(node, syntax.Binary) and node.operator == "./" else None
        for part in children(node):
            self.read(part, "./" if part is divisor else "")

    def _beside_arrays(self, parts: Sequence[syntax.Tree]) -> None:
        """Note open names, and parts of them, beside what has more axes than they have."""
        axes = [self.scope.axes[id(part)] for part in parts]
        if not any(
            len(own) > 2 or isinstance(p, syntax.Entry) for own, p in zip(axes, parts, strict=True)
        ):
            return
        counts = list(map(_axes_left, axes))
        most = max(counts)
        for part, count in zip(parts, counts, strict=True):
            name, indices = _array_of(part)
            if not self._open(name) or count == most or (not indices and (most < 3 or not count)):
                continue
            assert name is not None
            self.scope.ranks[name] = most + indices
            kind = Kind.ARRAY if most + indices > 2 else Kind.MATRIX
            self._note(habits.MATRIX_ON_ARRAY, [name], kind)

    def _sum(self, node: syntax.Add, under: str) -> None:
        terms = [unsigned(term) for term in node.terms]
        self._beside_arrays(terms)
        kinds = {self._kind(term) for term in terms}
        alone = [(self._open(bare(term)), self._kind(term)) for term in terms]
        names = [(name, kind) for name, kind in dict.fromkeys(alone) if name is not None]
        self._regularised(terms, names, under)
        if kinds == {Kind.SCALAR} or self._beside_whole_terms(terms):
            return
        if Kind.MATRIX in kinds:
            self._beside_matrix(terms, names)
            self._on_matrix(terms)
            self._vectors_on_matrix(terms)
        elif Kind.COLUMN in kinds and Kind.ROW in kinds:
            if any(isinstance(term, syntax.Transpose) for term in terms):
                self._turned_on_purpose(terms)
                return
            for name, kind in names:
                if kind is not Kind.SCALAR:
                    self._note(habits.OUTER, [name], _turned(kind))
        else:
            self._beside_vectors(terms, names, under)

    def _turned_on_purpose(self, terms: Sequence[syntax.Tree]) -> None:
        """`W z - q'` has an entry for each pair, as it says, or q was meant as a row."""
        turned = [term.operand for term in terms if isinstance(term, syntax.Transpose)]
        columns = [term for term in terms if not isinstance(term, syntax.Transpose)]
        if not all(map(bare, columns)):
            for name in filter(None, map(self._open, map(bare, turned))):
                self._note(habits.TURNED, [name], Kind.ROW)

    def _regularised(
        self, terms: Sequence[syntax.Tree], names: Sequence[tuple[str, Kind]], under: str
    ) -> None:
        """`sqrt(v + e)`, `log(P + e)`: the constant is a number."""
        if under == "relu":
            self._vectors_are_scalars(
                habits.MARGIN, [n for n in names if n[0] in habits.MARGINS][:1]
            )
        elif under in {"sqrt", "log", "./"} and len(terms) == 2:
            wanted = [
                n for n in names if n[0] in habits.TINY or (under == "sqrt" and len(names) == 1)
            ]
            self._vectors_are_scalars(habits.REGULARISER, wanted[-1:])

    def _extreme(self, left: syntax.Tree, right: syntax.Tree) -> None:
        """`min(abs(r), c)`, `max(r, 1 - e)`: what something computed is cut off at is a number."""
        has_number = isinstance(left, syntax.Number) or isinstance(right, syntax.Number)
        for operand, other in ((left, right), (right, left)):
            self.read(operand, "relu" if has_number else "")
            names = [name for name in map(self._open, names_in(operand)) if name]
            if len(names) == 1 and habits.is_constant(operand) and self._cuts_off(operand, other):
                self._vectors_are_scalars(habits.CUT_OFF, [(names[0], self._kind(operand))])

    def _cuts_off(self, operand: syntax.Tree, other: syntax.Tree) -> bool:
        """Whether a constant is where the other operand is cut off, not what is cut off itself."""
        is_open = habits.is_constant(other) and all(map(self._open, names_in(other)))
        return isinstance(operand, syntax.Add) or not is_open

    def _vectors_are_scalars(self, weight: float, names: Iterable[tuple[str, Kind]]) -> None:
        for name, kind in names:
            if kind is not Kind.SCALAR:
                self._note(weight, [name], Kind.SCALAR)

    def _beside_matrix(
        self, terms: Sequence[syntax.Tree], names: Sequence[tuple[str, Kind]]
    ) -> None:
        matrices = [term for term in terms if self._kind(term) is Kind.MATRIX]
        if all(isinstance(term, syntax.Call) and term.function == "conv2" for term in matrices):
            self._vectors_are_scalars(habits.CONVOLUTION, names)
            return
        has_transpose = any(isinstance(term, syntax.Transpose) for term in terms)
        if has_transpose and Kind.COLUMN in map(self._kind, terms):
            return
        weights_first = any(map(habits.has_weights_first, matrices))
        for name, kind in names:
            if weights_first and kind is Kind.COLUMN:
                self._note(habits.SAMPLES_IN_COLUMNS, [name], Kind.ROW)
            elif kind is Kind.COLUMN:
                if is_greek(name) and not habits.BIAS.fullmatch(name):
                    self._note(0, [name], Kind.SCALAR)
                more = habits.NO_BIAS if habits.BIAS.fullmatch(name) else 0
                self._note(habits.COLUMN_ON_MATRIX + more, [name], Kind.ROW)
            elif kind is Kind.SCALAR and name not in habits.TINY:
                is_number = is_greek(name) and not habits.BIAS.fullmatch(name)
                weight = habits.GREEK_ON_MATRIX if is_number else habits.SCALAR_ON_MATRIX
                self._note(weight, [name], Kind.ROW)

    def _vectors_on_matrix(self, terms: Sequence[syntax.Tree]) -> None:
        """Note columns that a capital makes of a name, beside a matrix: `A t + B`."""
        for term in terms:
            *before, last = habits.factors(term)
            name = self._open(last.name) if before and isinstance(last, syntax.Name) else None
            if name and self._kind(term) is Kind.COLUMN:
                self._note(habits.COLUMN_ON_MATRIX, [name], Kind.SCALAR)

    def _on_matrix(self, terms: Sequence[syntax.Tree]) -> None:
        """Note inner products of a name with itself that are added to a matrix: `S + w' w`."""
        for term in terms:
            name = self._open(habits.squared(term))
            if name and self._kind(term) is Kind.SCALAR:
                self._note(habits.SQUARE_ON_MATRIX, [name], Kind.MATRIX)

    def _beside_whole_terms(self, terms: Sequence[syntax.Tree]) -> bool:
        """Note names that only multiply, in a sum with scalars that are computed from arrays."""
        computed = list(filter(self._is_computed, terms))
        inside = {name for term in computed for name in names_in(term)}
        multipliers = [self._multipliers(term) for term in self._arrays(terms)]
        if not computed or not all(multipliers) or inside & set().union(*multipliers):
            return False
        for names in multipliers:
            self._note(habits.WHOLE_TERM * len(names), sorted(names), Kind.SCALAR)
        return True

    def _beside_vectors(
        self, terms: Sequence[syntax.Tree], names: Sequence[tuple[str, Kind]], under: str
    ) -> None:
        """Note numbers beside vectors; a Greek one in `(x - mu).^2` may be the same for all."""
        arrays = self._arrays(terms)
        for name, kind in names:
            if self._is_intercept(name, arrays):
                self._vectors_are_scalars(habits.INTERCEPT, [(name, kind)])
            elif under == ".^" and is_greek(name):
                self._vectors_are_scalars(0, [(name, kind)])
            elif kind is Kind.SCALAR:
                self._note(habits.SCALAR_ON_VECTOR, [name], self._kind(arrays[0]))

    def _is_intercept(self, name: str, arrays: Sequence[syntax.Tree]) -> bool:
        """Whether a name is the constant of a linear model: `X w + b`."""
        return bool(habits.BIAS.fullmatch(name)) and any(map(habits.is_model, arrays))

    def _entrywise(self, node: syntax.Binary) -> None:
        sides = (node.left, node.right)
        self._beside_arrays(sides)
        for side, other in (sides, sides[::-1]):
            name = self._open(bare(side))
            kind, beside = self._kind(side), self._kind(other)
            if name is None or {kind, beside} == {Kind.SCALAR}:
                continue
            match kind, beside:
                case (Kind.COLUMN, Kind.MATRIX):
                    self._note(habits.COLUMN_TIMES_MATRIX, [name], Kind.ROW)
                case (Kind.SCALAR, Kind.MATRIX) if node.operator == ".*" or side is node.right:
                    self._note(habits.SCALAR_TIMES_MATRIX, [name], Kind.ROW)
                case (Kind.COLUMN, Kind.COLUMN) if node.operator == "./" and side is node.left:
                    if habits.SCALAR_LETTERS.fullmatch(name) and isinstance(side, syntax.Name):
                        self._note(habits.PARAMETER, [name], Kind.SCALAR)
                case (Kind.COLUMN, Kind.ROW) | (Kind.ROW, Kind.COLUMN):
                    self._note(habits.OUTER, [name], beside)
                case (Kind.SCALAR, Kind.COLUMN | Kind.ROW) if node.operator == ".*":
                    self._note(habits.SCALAR_ON_VECTOR, [name], beside)

    def _call(self, node: syntax.Call) -> None:
        if not node.arguments or node.over:
            return
        kinds = [self._kind(argument) for argument in node.arguments]
        rule = self.scope.rulebook.rules.get(node.function)
        of_arrays = node.function in OF_ARRAYS or (rule is not None and rule.kind == "matrix")
        if of_arrays and kinds[0] is Kind.SCALAR:
            names = [n for n in names_in(node.arguments[0]) if self._open(n)]
            instead = {n: Kind.MATRIX if self.uses[n].indices else Kind.COLUMN for n in names}
            self.found.append(Departure(habits.OF_A_SCALAR, instead, True))
        for argument, other in (node.arguments, node.arguments[::-1]) if len(kinds) == 2 else ():
            name, own = self._open(bare(argument)), {self._kind(argument), self._kind(other)}
            if name is not None and own == {Kind.COLUMN, Kind.ROW}:
                self._note(habits.OUTER, [name], self._kind(other))


def scalar_powers(scope: Scope, program: syntax.Program) -> Iterator[tuple[syntax.Binary, str]]:
    """Powers of sums of names that nothing but the power makes scalars: `(x - y)^2`."""
    for node in program.parts:
        match node:
            case syntax.Binary("^", syntax.Add(terms)):
                names = [bare(term) for term in terms]
                if all(n and n[0].islower() and scope.is_undeclared(n) for n in names):
                    yield from ((node, name) for name in names if name)


def _turned(kind: Kind) -> Kind:
    return Kind.ROW if kind is Kind.COLUMN else Kind.COLUMN


def _axes_left(axes: Axes) -> int:
    """How many axes an array has; of a vector it is one, of a scalar none."""
    return len(axes) if len(axes) > 2 else sum(size is not ONE for size in axes)


def _array_of(part: syntax.Tree) -> tuple[str | None, int]:
    """The name that a term is, or is a part of, and how many indices the part has."""
    match part:
        case syntax.Entry(syntax.Name(name), indices):
            return name, len(indices)
    return bare(part), 0
