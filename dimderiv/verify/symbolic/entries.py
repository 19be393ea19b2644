"""Index forms, such as `[i:m, j:n] A[i,k] B[k,j]`, written out entry by entry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import product

from dimderiv.errors import ShapeError
from dimderiv.language import Add, Binary, Call, Group, Negative, Tree
from dimderiv.language import Entry as Indexed
from dimderiv.verify.claim import NotVerifiableError
from dimderiv.verify.layout import Form, FormEntries, indexed, size_of
from dimderiv.verify.symbolic.arithmetic import ELEMENTWISE, Arithmetic
from dimderiv.verify.symbolic.tables import Entry, Open, Value, closed

Places = Mapping[str, int]


@dataclass
class FormReader:
    """Reads one index form; each operand is evaluated once.

    Attributes:
        form: the form.
        a: the arithmetic of the entries.
        value: gives the value of an operand.
        known: values of operands, by identity.
    """

    form: Form
    a: Arithmetic
    value: Callable[[Tree], Value]
    known: dict[int, Value] = field(default_factory=dict)

    def entries(self) -> FormEntries:
        """All entries of the form."""
        extents = self.form.extents
        terms = [(term, self.form.summed(term, self._lengths)) for term in self.form.terms]
        entries = []
        for place in product(*map(range, extents.values())):
            bound = dict(zip(extents, place, strict=True))
            values = [
                self.entry(term, {**bound, **dict(zip(summed, at, strict=True))})
                for term, summed in terms
                for at in product(*map(range, summed.values()))
            ]
            entries.append(self.a.total(values))
        return FormEntries(self.form.lengths, entries)

    def operand(self, node: Tree) -> Value:
        """The value of an operand."""
        if id(node) not in self.known:
            self.known[id(node)] = self.value(node)
        return self.known[id(node)]

    def _lengths(self, each: Indexed) -> tuple[int | None, int | None]:
        value = self.operand(each.operand)
        return (value.rows, value.cols) if isinstance(value, Open) else size_of(value)

    def entry(self, node: Tree, at: Places) -> Entry:
        """The value of a part of the body where the letters have values."""
        match node:
            case Indexed():
                return self._looked_up(node, at)
            case Group(operand):
                return self.entry(operand, at)
            case Negative(operand):
                return -self.entry(operand, at)
            case Add(terms):
                return self.a.total([self.entry(term, at) for term in terms])
            case Binary(operator, left, right) if next(indexed(node), None) is not None:
                return self._operation(operator, self.entry(left, at), self.entry(right, at), node)
            case Call(name, (argument,), None) if name in ELEMENTWISE:
                return ELEMENTWISE[name](self.a, self.entry(argument, at))
        table = closed(self.operand(node), 1, 1)
        if size_of(table) != (1, 1):
            raise ShapeError("an index form is made of scalars and entries", span=node.span)
        return table[0][0]

    def _operation(self, operator: str, left: Entry, right: Entry, node: Tree) -> Entry:
        match operator:
            case "*" | ".*":
                return left * right
            case "/" | "./":
                return left / right
            case "^" | ".^":
                return self.a.power(left, right)
        raise NotVerifiableError("a comparison inside an index form", span=node.span)

    def _looked_up(self, node: Indexed, at: Places) -> Entry:
        value = self.operand(node.operand)
        if isinstance(value, Open):
            side = max(0, *self.form.indices(node, at)) + 1
            value = closed(value, side, side)
        place = self.form.place(node, at, size_of(value))
        return self.a.number(0) if place is None else value[place[0]][place[1]]
