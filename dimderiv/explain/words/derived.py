"""Writes one step: an operation differentiated by one operand."""

from collections.abc import Iterator, Mapping

from dimderiv.explain.record import Count, Order, recorded
from dimderiv.explain.words.sentences import Speaker
from dimderiv.language import HESSIAN, SCALAR, Binary, Entry, Name, Node, Number, children

NOTHING = Name("")


def tell(step: recorded.Derived, speaker: Speaker, head: str, earlier: int | None) -> None:
    """Put a step on the page; where an earlier one says the same of other things, briefly."""
    teller = _Teller(step, speaker)
    if earlier is None or teller.is_flat:
        teller.tell(head)
    else:
        teller.tell_again(head, earlier)


class _Teller:
    def __init__(self, step: recorded.Derived, speaker: Speaker) -> None:
        self.step = step
        self.speaker = speaker
        self.fields: Mapping[str, recorded.Field] = {
            "operation": step.operation,
            "operand": step.operand.introduced,
            "place": step.operand.occurrence,
            "function": step.function,
            "shape": step.shape or SCALAR,
            "wanted": recorded.Sentence(
                "wanted_array" if step.has_seed else "wanted", {"operand": step.operand.tree}
            ),
        }

    @property
    def is_scalar(self) -> bool:
        """Whether the derivative is a scalar."""
        return self.step.shape is not None and self.step.shape.is_scalar

    @property
    def is_flat(self) -> bool:
        """Whether the scalar derivative is 0."""
        return _is_number(self.step.slope[2], 0)

    def say(self, key: str, **fields: recorded.Field) -> None:
        self.speaker.say(self.sentence(key, **fields))

    def sentence(self, key: str, **fields: recorded.Field) -> str:
        return self.speaker.sentence(key, **{**self.fields, **fields})

    def tell(self, head: str) -> None:
        step = self.step
        opening = self.opening()
        where = self.speaker.where(step.where)
        self.speaker.say(opening, where, self.arriving(), level=0, head=head)
        self.fields = {**self.fields, "operand": step.operand.tree}
        if len(step.terms) > 1:
            self.several_terms()
        elif self.is_flat:
            self.say("flat", slope=step.slope)
        elif step.terms[0].value is None:
            self.slope()
            self.ruled()
            self.entries(step.terms[0])
        else:
            self.one_term(step.terms[0])

    def origin(self) -> list[str]:
        """Where the rule of a function holds, and what it assumes where it does not."""
        origin = self.step.origin
        told = [] if origin is None else [("domain", origin.domain), ("kink", origin.kink)]
        named: dict[str, recorded.Field] = {"parameter": origin.parameter if origin else ""}
        return [self.sentence(key, **{**named, key: text}) for key, text in told if text]

    def tell_again(self, head: str, number: int) -> None:
        step = self.step
        opening, where = self.opening(), self.speaker.where(step.where)
        is_part = step.operand.is_shared and step.left is not None
        told = self.sentence(
            "as_before_part" if is_part else "as_before",
            number=number,
            name=step.left or NOTHING,
            value=recorded.Equation((*self.left(), *step.value.sides)),
        )
        self.speaker.say(opening, where, self.arriving(), told, level=0, head=head)

    def opening(self) -> str:
        operand = self.step.operand
        repeated = [
            reason.fields["axes"] for reason in self.step.terms[0].reasons if reason.key == "summed"
        ]
        if repeated and self.step.operation.sides == (operand.tree,):
            return self.sentence("by_repeated", axes=repeated[0])
        return self.sentence("by_place" if operand.occurrence else "by")

    def arriving(self) -> str:
        if self.step.arriving is None:
            return ""
        tree, shape = self.step.arriving
        if shape is None:
            return self.sentence("arrives_unshaped", arriving=tree)
        return self.sentence("arrives", arriving=tree, shape=shape)

    def value(self) -> recorded.Equation:
        """The arrangement, with the name of the derivative if this is all of it."""
        return recorded.Equation((*self.left(), self.step.value.sides[0]))

    def left(self) -> tuple[Node, ...]:
        left = self.step.left
        return () if left is None or self.step.operand.is_shared else (left,)

    def several_terms(self) -> None:
        """The rule has several terms: it is told entry by entry, term by term."""
        self.ruled()
        for term in self.step.terms:
            if term.value is None:
                self.entries(term)
                continue
            summed, (_, entries) = _summed(term.letters), term.letters.sides
            key = "term_summed" if summed else "term"
            told = self.sentence(
                key, letters=entries, summed=recorded.Several(tuple(summed)), value=term.value
            )
            self.speaker.say(told, *self.reasons(term))
        self.say("together", value=recorded.Equation((*self.left(), *self.step.value.sides)))

    def ruled(self) -> None:
        """What the rule of a function of arrays says of single entries."""
        if self.step.rule is not None:
            key = "rows" if self.step.kind == "rows" else "rule"
            origin = self.step.origin
            cited = recorded.Sentence("cited", {"reference": origin.reference}) if origin else ""
            told = self.sentence(key, rule=self.step.rule, cited=cited)
            self.speaker.say(*self.origin(), told)

    def one_term(self, term: recorded.Term) -> None:
        order, count = term.order, len(term.factors)
        is_entrywise = self.step.kind == "elementwise" or _is_entrywise(term)
        has_table = count > 1 and not is_entrywise
        if not _is_number(self.step.slope[2], 1) and self.step.slope[0] != self.step.slope[1]:
            key = "chain_rule" if self.step.kind == "unknown" else "slope"
            self.slope("slope_table" if has_table else key)
        if has_table:
            prefix = [] if term.prefix is None else [(term.prefix, None)]
            self.speaker.markup.table([*prefix, *term.factors])
        if self.step.kind == "elementwise" and term.factors:
            self.say("entrywise", value=self.value())
        elif order is None or count < 2 or is_entrywise:
            self.without_order(term)
        elif order.right is not None:
            self.as_chain(term, order)
        else:
            self.by_letters(term, order)
        if len(self.step.value.sides) > 1:
            self.say("simplified", value=recorded.Equation((*self.left(), *self.step.value.sides)))

    def slope(self, key: str = "slope") -> None:
        """What the scalar rule says, and of a function what its rule assumes."""
        held = "_held" if self.step.operand.occurrence and key != "chain_rule" else ""
        function = Name(self.step.function.lstrip(HESSIAN))
        told = self.sentence(f"{key}{held}", slope=self.step.slope, function=function)
        after = [] if self.step.rule or key != "slope" else self.origin()
        self.speaker.say(told, *after)

    def without_order(self, term: recorded.Term) -> None:
        """At most one array, or a convolution: there is no order to find."""
        self.ruled()
        if term.order is None and len(term.factors) > 1:
            self.entries(term)
        why = self.reasons(term)
        if not why and not self.is_scalar:
            self.say("single", value=self.value())
        elif self.step.operand.is_shared and self.step.left is not None:
            part = self.sentence("part", name=self.step.left, value=self.value())
            self.speaker.say(*why, part)
        else:
            key = "result" if self.left() else "result_received"
            self.speaker.say(*why, self.sentence(key, value=self.value()))

    def as_chain(self, term: recorded.Term, order: Order) -> None:
        """The arrangement is a plain matrix product."""
        assert order.right is not None
        if order.count is not None and order.count.conforming == order.count.total:
            self.say("all", **_of_count(order.count))
            self.ruled()
            self.entries(term)
            self.speaker.say(*self.reasons(term), self.sentence("result", value=self.value()))
            return
        if order.is_right_as_is:
            self.say("as_is", value=self.value())
        else:
            self.misfit(order)
            facing = recorded.Shapes(tuple(link.facing for link in order.right))
            self.say("conforms", value=self.value(), chain=facing)
        if order.count is not None:
            self.counted(order.count)
            if order.count.conforming > 1:
                self.ruled()
                self.entries(term)
        self.speaker.say(*self.reasons(term))

    def by_letters(self, term: recorded.Term, order: Order) -> None:
        """The arrangement is more than a matrix product."""
        self.misfit(order)
        if order.count is not None:
            self.say("misleading" if order.count.conforming else "none", **_of_count(order.count))
        self.speaker.say(*self.reasons(term), self.sentence("letters_give", value=self.value()))

    def misfit(self, order: Order) -> None:
        if order.mismatch is not None:
            left, right = order.mismatch
            sizes = {"first": left.cols.syntax(), "second": right.rows.syntax()}
            self.say("breaks", left=left, right=right, **sizes)
        elif order.as_is is not None and order.as_is != self.step.shape:
            self.say("wrong_shape", found=order.as_is)
        else:
            self.say("undecided")

    def counted(self, count: Count) -> None:
        if count.conforming == 1:
            key = "only"
        else:
            key = "several" if count.conforming == 2 else "several_more"
        self.say(key, **_of_count(count))

    def entries(self, term: recorded.Term) -> None:
        summed, whole = _summed(term.letters), self.step.entries
        key = "entries" if whole is None else "entries_of"
        told = self.sentence(key, letters=term.letters, whole=whole or NOTHING)
        listed = recorded.Several(tuple(summed))
        after = self.sentence("summed_over", summed=listed) if summed else ""
        self.speaker.say(told + after + self.speaker.messages["stop"])

    def reasons(self, term: recorded.Term) -> list[str]:
        """The reasons in words; that of an identity belongs to a product told entry by entry."""
        are_told = len(self.step.terms) > 1
        told = [reason for reason in term.reasons if are_told or reason.key != "identity"]
        return [self.sentence(reason.key, **reason.fields) for reason in told]


def _of_count(count: Count) -> dict[str, recorded.Field]:
    other = count.others[0] if count.others else Number(count.total)  # type: ignore[arg-type]
    return {"total": count.total, "conforming": count.conforming, "other": other}


def _is_number(tree: Node, value: int) -> bool:
    return isinstance(tree, Number) and tree.value == value


def _is_entrywise(term: recorded.Term) -> bool:
    """Whether a product is taken entry by entry and nothing else."""
    return {reason.key for reason in term.reasons} in (
        {"elementwise"},
        {"elementwise", "broadcast"},
    )


def _summed(letters: recorded.Equation) -> list[Node]:
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
    """The letters of an index; what a letter is multiplied by there is a size."""
    if isinstance(tree, Name):
        yield tree.name
    parts = (tree.left,) if isinstance(tree, Binary) else children(tree)
    for part in parts:
        yield from _names(part)
