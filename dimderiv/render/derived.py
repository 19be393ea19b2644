"""Writes one step: an operation differentiated by one operand."""

from collections.abc import Iterator, Mapping

from dimderiv.language.syntax import Entry, Name, Node, Number, children
from dimderiv.render.sentences import Field, Listing, Shapes, Slope, Speaker
from dimderiv.shapes import Dim, Shape
from dimderiv.steps import Derived, Equation, Operand, Reason, Term
from dimderiv.steps.arrangements import Count, Order


def tell(step: Derived, speaker: Speaker, head: str) -> None:
    """Put a step on the page.

    Args:
        step: the step.
        speaker: says it.
        head: what stands before its first line.
    """
    _Teller(step, speaker).tell(head)


def named(operand: Operand) -> Equation | Node:
    """An operand; where its short name occurs for the first time, with what that stands for."""
    if operand.definition is None:
        return operand.tree
    return Equation((operand.tree, operand.definition))


class _Teller:
    def __init__(self, step: Derived, speaker: Speaker) -> None:
        self.step = step
        self.speaker = speaker
        self.fields: Mapping[str, Field] = {
            "operation": step.operation,
            "operand": named(step.operand),
            "place": step.operand.occurrence,
            "function": step.function,
            "shape": step.shape,
        }

    def say(self, key: str, **fields: Field) -> None:
        self.speaker.say(self.sentence(key, **fields))

    def sentence(self, key: str, **fields: Field) -> str:
        return self.speaker.sentence(key, {**self.fields, **fields})

    def tell(self, head: str) -> None:
        step = self.step
        opening = self.sentence("by_place" if step.operand.occurrence else "by")
        self.speaker.say(opening, self.arriving(), level=0, head=head)
        self.fields = {**self.fields, "operand": step.operand.tree}
        if len(step.terms) > 1:
            self.several_terms()
        elif step.terms[0].value is None:
            self.say("slope", slope=Slope(*step.slope))
            self.entries(step.terms[0])
        else:
            self.one_term(step.terms[0])

    def arriving(self) -> str:
        arriving = self.step.arriving
        if arriving is None:
            return ""
        key = "arrives_scalar" if arriving.shape.is_scalar else "arrives"
        return self.sentence(key, arriving=arriving.tree, shape=arriving.shape)

    def value(self) -> Equation:
        """The arrangement, with the name of the derivative if this is all of it."""
        return Equation((*self.left(), self.step.value.sides[0]))

    def left(self) -> tuple[Node, ...]:
        operand = self.step.operand
        return (Name(operand.name),) if operand.name is not None and not operand.is_shared else ()

    def several_terms(self) -> None:
        """The rule has several terms, or works along rows: entry by entry, term by term."""
        self.say("rows" if self.step.kind == "rows" else "rule_decides")
        for term in self.step.terms:
            assert term.letters is not None, "a rule that is given in letters"
            summed = _summed(term.letters)
            key = "term_summed" if summed else "term"
            fields: dict[str, Field] = {"letters": term.letters, "summed": Listing(summed)}
            value = "" if term.value is None else self.sentence(key, value=term.value, **fields)
            self.speaker.say(value or self.sentence("entries", **fields), *self.reasons(term))
        self.say("together", value=Equation((*self.left(), *self.step.value.sides)))

    def one_term(self, term: Term) -> None:
        order, count = term.order, len(term.factors)
        has_table = count > 1 and self.step.kind != "elementwise"
        if not _is_one(self.step.slope[2]):
            self.say("slope_table" if has_table else "slope", slope=Slope(*self.step.slope))
        if has_table:
            prefix = [] if term.prefix is None else [(term.prefix, None)]
            self.speaker.markup.table([*prefix, *term.factors])
        if order is None or count < 2:
            self.without_order(term)
        elif order.right is not None:
            self.as_chain(term, order)
        else:
            self.by_letters(term, order, has_table=has_table)
        if len(self.step.value.sides) > 1:
            self.say("simplified", value=Equation((*self.left(), *self.step.value.sides)))

    def without_order(self, term: Term) -> None:
        """At most one array, or a convolution: there is no order to find."""
        if term.letters is not None and term.order is None and len(term.factors) > 1:
            self.entries(term)
        why = self.reasons(term)
        key = "result" if why or self.step.shape.is_scalar else "single"
        self.speaker.say(*why, self.sentence(key, value=self.value()))

    def as_chain(self, term: Term, order: Order) -> None:
        """The arrangement is a plain matrix product."""
        assert order.right is not None
        if order.is_right_as_is:
            self.say("as_is", value=self.value())
        else:
            self.misfit(order)
            facing = Shapes(tuple(link.facing for link in order.right))
            self.say("conforms", value=self.value(), chain=facing)
        if order.count is not None:
            self.counted(order.count)
            if order.count.conforming > 1:
                if self.step.kind == "matrix":
                    self.say("rule_decides")
                self.entries(term)
        self.speaker.say(*self.reasons(term))

    def by_letters(self, term: Term, order: Order, *, has_table: bool) -> None:
        """The arrangement is more than a matrix product."""
        if has_table:
            self.misfit(order)
            if order.count is not None:
                key = "misleading" if order.count.conforming else "none"
                self.say(key, **_of_count(order.count))
        self.speaker.say(*self.reasons(term), self.sentence("letters_give", value=self.value()))

    def misfit(self, order: Order) -> None:
        if order.mismatch is not None:
            left, right = order.mismatch
            sizes = {"first": left.cols.syntax(), "second": right.rows.syntax()}
            self.say("breaks", left=left, right=right, **sizes)
        elif order.as_is is not None and order.as_is != self.step.shape:
            self.say("wrong_shape", found=order.as_is, wanted=self.step.shape)
        elif order.right is not None:
            self.say("undecided")

    def counted(self, count: Count) -> None:
        if count.conforming == 1:
            key = "only"
        elif count.conforming == count.total:
            key = "all"
        else:
            key = "several" if count.conforming == 2 else "several_more"
        self.say(key, **_of_count(count))

    def entries(self, term: Term) -> None:
        if term.letters is None:
            return
        summed = _summed(term.letters)
        key = "entries_summed" if summed else "entries"
        self.say(key, letters=term.letters, summed=Listing(summed))

    def reasons(self, term: Term) -> list[str]:
        return [self.reason(reason) for reason in term.reasons]

    def reason(self, reason: Reason) -> str:
        fields: dict[str, Field] = {
            name: Listing(value) if isinstance(value, tuple) else value  # type: ignore[misc]
            for name, value in reason.fields.items()
        }
        return self.sentence(reason.key, **fields)


def _of_count(count: Count) -> dict[str, Field]:
    other = count.others[0] if count.others else Number(count.total)  # type: ignore[arg-type]
    return {"total": count.total, "conforming": count.conforming, "other": other}


def _is_one(tree: Node) -> bool:
    return isinstance(tree, Number) and tree.value == 1


def _summed(letters: Equation) -> list[Node]:
    """The letters that only the right side of an equation of entries has."""
    left, right = letters.sides
    known = set(_index_names(left))
    return [Name(name) for name in dict.fromkeys(_index_names(right)) if name not in known]


def _index_names(tree: Node) -> Iterator[str]:
    if isinstance(tree, Entry):
        for index in tree.indices:
            yield from _names(index)
    else:
        for child in children(tree):
            yield from _index_names(child)


def _names(tree: Node) -> Iterator[str]:
    if isinstance(tree, Name):
        yield tree.name
    for child in children(tree):
        yield from _names(child)
