"""Writes one step: an operation differentiated by one operand."""

from typing import Any

from dimderiv.explain.record import Order, recorded
from dimderiv.explain.words.sentences import Speaker
from dimderiv.language import (
    GRADIENT,
    HESSIAN,
    HESSIANS,
    JACOBIAN,
    RATE,
    SCALAR,
    SECOND_RATE,
    Call,
    Entry,
    Name,
    Number,
    Tree,
    declared_part,
    sign_of,
    walk,
)
from dimderiv.render import letters_in

# The reasons why what arrives is summed by itself.
SUMMED = ("summed", "lacked")


def tell(step: recorded.Differentiated, speaker: Speaker, head: str, earlier: int | None) -> None:
    """Put a step on the page; where an earlier one says the same of other things, briefly."""
    _Teller(step, speaker).tell(head, earlier)


_CHAIN_RULES = {
    GRADIENT: "chain_rule",
    HESSIAN: "chain_rule_hessian",
    HESSIANS: "chain_rule_hessians",
    JACOBIAN: "chain_rule_jacobian",
    RATE: "chain_rule_rate",
    SECOND_RATE: "chain_rule_rate",
}


class _Teller:
    def __init__(self, step: recorded.Differentiated, speaker: Speaker) -> None:
        self.step, self.speaker = step, speaker
        operand = step.operand
        self.is_part = operand.is_shared and step.left is not None
        left = () if step.left is None or operand.is_shared else (step.left,)
        wanted = "wanted_array" if step.has_seed else "wanted"
        self.fields: dict[str, Any] = {
            **vars(step),
            "operand": operand.introduced,
            "place": operand.occurrence,
            "shape": step.shape or SCALAR,
            "value": recorded.Equation((*left, step.value.sides[0])),
            "whole": recorded.Equation((*left, *step.value.sides)),
            "wanted": recorded.Sentence(wanted, {"operand": operand.tree}),
        }

    def say(self, key: str, **fields: recorded.Field) -> None:
        self.speaker.say(self.sentence(key, **fields))

    def sentence(self, key: str, **fields: recorded.Field) -> str:
        return self.speaker.sentence(key, **{**self.fields, **fields})

    def tell(self, head: str, earlier: int | None) -> None:
        step, is_flat = self.step, _is_number(self.step.slope.value, 0)
        said = [self.opening(), self.speaker.where(step.where), self.arriving()]
        if earlier is not None and not is_flat:
            key = "as_before_part" if self.is_part else "as_before"
            said.append(self.sentence(key, number=earlier))
            self.speaker.say(*said, level=0, head=head)
            return
        self.speaker.say(*said, level=0, head=head)
        self.fields["operand"] = step.operand.tree
        if len(step.terms) > 1:
            self.several_terms()
        elif is_flat:
            self.say("flat")
        elif step.terms[0].is_lettered:
            self.by_axes(step.terms[0])
        elif step.terms[0].value is None:
            self.slope()
            self.ruled()
            self.entries(step.terms[0])
        else:
            self.one_term(step.terms[0])

    def opening(self) -> str:
        operand, reasons = self.step.operand, self.step.terms[0].reasons
        summed = [reason.fields["axes"] for reason in reasons if reason.key in SUMMED]
        if summed and self.step.operation.sides == (operand.tree,):
            return self.sentence("by_repeated", axes=summed[0])
        return self.sentence("by_place" if operand.occurrence else "by")

    def arriving(self) -> str:
        if self.step.arriving is None:
            return ""
        tree, shape = self.step.arriving
        key = "arrives_unshaped" if shape is None else "arrives"
        return self.sentence(key, arriving=tree, shape=shape or SCALAR)

    def origin(self) -> list[str]:
        """Where the rule of a function holds, and what it assumes where it does not."""
        origin = self.step.origin
        if origin is None:
            return []
        told = [key for key in ("domain", "kink") if getattr(origin, key)]
        return [self.sentence(key, **origin._asdict()) for key in told]

    def several_terms(self) -> None:
        """The rule has several terms: it is told entry by entry, term by term."""
        self.ruled()
        for term in self.step.terms:
            if term.value is None:
                self.entries(term)
                continue
            summed, (_, letters) = _summed(term.letters), term.letters.sides
            key = "term_summed" if summed.parts else "term"
            told = self.sentence(key, letters=letters, summed=summed, value=term.value)
            self.speaker.say(told, *self.reasons(term))
        self.say("together")

    def ruled(self) -> None:
        """What the rule of a function of arrays says of single entries."""
        if self.step.rule is not None:
            along = self.step.along
            key = "rule" if self.step.kind != "rows" else "rows_along" if along else "rows"
            origin = self.step.origin
            cited = recorded.Sentence("cited", {"reference": origin.reference}) if origin else ""
            told = self.sentence(key, cited=cited, axes=recorded.Several(along))
            self.speaker.say(*self.origin(), told)

    def one_term(self, term: recorded.StepTerm) -> None:
        order, count, slope = term.order, len(term.factors), self.step.slope
        is_entrywise = self.step.kind == "elementwise" or _is_entrywise(term)
        has_table = count > 1 and not is_entrywise
        if self.step.kind == "matrix" and order is not None and order.right is None:
            # Along letters that are not summed in pairs there is nothing to be seen of scalars.
            self.ruled()
            self.entries(term)
            self.speaker.say(*self.reasons(term), self.sentence("letters_give"))
            return
        if not _is_number(slope.value, 1) and slope.over != slope.under:
            key = _CHAIN_RULES[_sign(slope.value)] if self.step.kind == "declared" else "slope"
            self.slope("slope_table" if has_table else key)
        if has_table:
            prefix = [] if term.prefix is None else [(term.prefix, None)]
            self.speaker.markup.table([*prefix, *term.factors])
        if self.step.kind == "elementwise" and term.factors:
            self.say("entrywise")
        elif order is None or count < 2 or is_entrywise:
            self.without_order(term)
        elif order.right is not None:
            self.as_chain(term, order)
        else:
            self.by_letters(term, order)
        if len(self.step.value.sides) > 1:
            self.say("simplified")

    def by_axes(self, term: recorded.StepTerm) -> None:
        """The arrays have their letters with them, so there is no order to find."""
        is_entrywise = self.step.kind == "elementwise"
        has_table = len(term.lettered) > 1 and not is_entrywise
        if not _is_number(self.step.slope.value, 1):
            self.slope("slope_letters" if has_table else "slope")
        if has_table:
            prefix = [] if term.prefix is None else [(term.prefix, None)]
            self.speaker.markup.table([*prefix, *term.lettered])
        self.ruled()
        if is_entrywise:
            self.say("entrywise")
            return
        if why := self.reasons(term):
            self.speaker.say(*why)
        self.lettered_result(term)
        self.sizes(term)

    def lettered_result(self, term: recorded.StepTerm) -> None:
        """What was found entry by entry, and as a whole where that can be said."""
        left, right = term.letters.sides
        if term.value is not None and _is_rearranged_nowhere(term):
            self.say("part" if self.is_part else "result")
            return
        has_left = self.step.left is not None and not self.is_part
        key = "part" if self.is_part else "result" if has_left else "result_received"
        entries = recorded.Equation((left, right) if has_left else (right,), has_left)
        told = [self.sentence(key, left=left, value=entries)]
        if term.value is not None:
            told.append(self.sentence("as_a_whole"))
        self.speaker.say(*told)

    def sizes(self, term: recorded.StepTerm) -> None:
        """What the sizes say of what slides over what."""
        for sentences in term.sizes:
            self.speaker.say(*[self.sentence(each.key, **each.fields) for each in sentences])

    def slope(self, key: str = "slope") -> None:
        """What the scalar rule says, and of a function what its rule assumes."""
        is_held = self.step.operand.occurrence and key not in _CHAIN_RULES.values()
        held = "_held" if is_held else ""
        told = self.sentence(f"{key}{held}", function=Name(declared_part(self.step.function)[0]))
        after = [] if self.step.rule or key != "slope" else self.origin()
        self.speaker.say(told, *after)

    def without_order(self, term: recorded.StepTerm) -> None:
        """At most one array, or a convolution: there is no order to find."""
        self.ruled()
        if term.order is None and len(term.factors) > 1:
            self.entries(term)
        why, shape = self.reasons(term), self.step.shape
        if not why and not (shape is not None and shape.is_scalar):
            self.say("single")
        elif self.is_part:
            self.speaker.say(*why, self.sentence("part"))
        else:
            key = "result_received" if self.step.left is None else "result"
            self.speaker.say(*why, self.sentence(key))

    def as_chain(self, term: recorded.StepTerm, order: Order) -> None:
        """The arrangement is a plain matrix product."""
        assert order.right is not None
        count = order.count
        if count is not None and count.conforming == count.total:
            self.say("all", **count._asdict())
            self.ruled()
            self.entries(term)
            self.speaker.say(*self.reasons(term), self.sentence("result"))
            return
        if order.is_right_as_is:
            self.say("as_is")
        else:
            self.misfit(order)
            shapes = [self.speaker.field(link.facing) for link in order.right]
            self.say("conforms", chain=self.speaker.messages["times"].join(shapes))
        if count is not None:
            key = {1: "only", 2: "several"}.get(count.conforming, "several_more")
            self.say(key, **count._asdict())
            if count.conforming > 1:
                self.ruled()
                self.entries(term)
        self.speaker.say(*self.reasons(term))

    def by_letters(self, term: recorded.StepTerm, order: Order) -> None:
        """The arrangement is more than a matrix product."""
        self.misfit(order)
        if order.count is not None:
            key = "misleading" if order.count.conforming else "none"
            self.say(key, **order.count._asdict())
        self.speaker.say(*self.reasons(term), self.sentence("letters_give"))

    def misfit(self, order: Order) -> None:
        if order.mismatch is not None:
            left, right = order.mismatch
            sizes = {"first": left.cols.syntax(), "second": right.rows.syntax()}
            self.say("breaks", left=left, right=right, **sizes)
        elif order.as_is is not None and order.as_is != self.step.shape:
            self.say("wrong_shape", found=order.as_is)
        else:
            self.say("undecided")

    def entries(self, term: recorded.StepTerm) -> None:
        summed = _summed(term.letters)
        key = "entries" if self.step.entries is None else "entries_of"
        told = self.sentence(key, letters=term.letters)
        after = self.sentence("summed_over", summed=summed) if summed.parts else ""
        self.speaker.say(told + after + self.speaker.messages["stop"])

    def reasons(self, term: recorded.StepTerm) -> list[str]:
        """The reasons in words; that of an identity belongs to a product told entry by entry."""
        are_told = len(self.step.terms) > 1 or term.is_lettered
        told = [reason for reason in term.reasons if are_told or reason.key != "identity"]
        return [self.sentence(reason.key, **reason.fields) for reason in told]


def _sign(tree: Tree) -> str:
    """What kind of derivative of a declared function a tree is made of."""
    signs = [sign_of(part.function) for part in walk(tree) if isinstance(part, Call)]
    return next((sign for sign in signs if sign in _CHAIN_RULES), GRADIENT)


def _is_number(tree: Tree, value: int) -> bool:
    return isinstance(tree, Number) and tree.value == value


def _is_entrywise(term: recorded.StepTerm) -> bool:
    """Whether a product is taken entry by entry and nothing else."""
    keys = {reason.key for reason in term.reasons}
    return "elementwise" in keys and keys <= {"elementwise", "broadcast"}


def _is_rearranged_nowhere(term: recorded.StepTerm) -> bool:
    """Whether all arrays have the letters of the result, in the same places."""
    left = term.letters.sides[0]
    own = left.indices if isinstance(left, Entry) else ()
    is_met = any(reason.key.startswith("placed") for reason in term.reasons)
    return not is_met and all(array.indices == own for array in term.lettered)


def _summed(letters: recorded.Equation) -> recorded.Several:
    """The letters that only the right side of an equation of entries has."""
    known, names = (dict.fromkeys(letters_in(side)) for side in letters.sides)
    return recorded.Several(tuple(Name(name) for name in names if name not in known))
