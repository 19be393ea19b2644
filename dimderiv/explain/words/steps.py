"""Puts steps on the page, one after the other; what is said again and again is left out."""

from collections.abc import Iterator, Mapping, Sequence

from dimderiv.explain.record import Step, recorded
from dimderiv.explain.words.derived import tell
from dimderiv.explain.words.markup import Markup
from dimderiv.explain.words.repeats import StepPattern, pattern, repeated
from dimderiv.explain.words.sentences import Speaker
from dimderiv.language import Name

# A longer sum is left to the answer.
MOST_WAYS = 6


def operands_of(steps: Sequence[Step]) -> Iterator[recorded.Operand]:
    """What some steps differentiate by."""
    for step in steps:
        if isinstance(step, recorded.Passed):
            yield from (received.operand for received in step.received)
        elif isinstance(step, recorded.Differentiated):
            yield step.operand


def terms_of(step: Step) -> tuple[recorded.StepTerm, ...]:
    """The products that a step consists of."""
    return step.terms if isinstance(step, recorded.Differentiated) else ()


class StepSpeaker(Speaker):
    """Says steps.

    Args:
        messages: the sentences by their keys.
        markup: where they are put, and how formulas look there.
    """

    def __init__(self, messages: Mapping[str, str], markup: Markup) -> None:
        super().__init__(messages, markup)
        self.told: dict[StepPattern, int] = {}

    def notation(self, steps: Sequence[Step], key: str, **fields: recorded.Field) -> None:
        """What the names of derivatives mean, where there are any."""
        first = next((operand for operand in operands_of(steps) if operand.name), None)
        if first is not None:
            told = {"derivative": Name(first.name), "operand": first.tree, **fields}
            self.say(self.sentence(key, **told), level=0)

    def hessian(self, blocks: Sequence[Sequence[Step]], number: int) -> None:
        """The steps of the second derivatives, block by block."""
        self.markup.gap()
        self.tell("second")
        for block, *steps in blocks:
            assert isinstance(block, recorded.HessianBlock), "each part begins with its block"
            self.markup.gap()
            self.tell(f"block_{block.kind}", **vars(block))
            if block.kind == "derived":
                key = "notation_block_array" if block.has_axes else "notation_block"
                self.notation(steps, key, gradient=block.gradient)
                self.steps(steps, number)
            number += len(steps)

    def steps(self, steps: Sequence[Step], number: int = 1) -> None:
        """Some steps, with a gap before each that is more than a line."""
        before: Step | None = None
        patterns, place = [pattern(step) for step in steps], 0
        while place < len(steps):
            period, count = repeated(patterns, place)
            step = steps[place]
            if count or not all(isinstance(each, recorded.Passed) for each in (before, step)):
                self.markup.gap()
            if count:
                self.left_out(steps[place : place + count], number + place, period)
            else:
                self.step(step, number + place, patterns[place])
            before = step
            place += count or 1

    def left_out(self, steps: Sequence[Step], number: int, period: int) -> None:
        """Steps that say the same again and again of other things."""
        first, second, last = number - period, number - 1, number + len(steps) - 1
        names = [operand.name for operand in operands_of(steps) if operand.name] or [""]
        begin, end = Name(names[0]), Name(names[-1])
        told = self.sentence(
            "left_out", first=first, second=second, last=last, begin=begin, end=end
        )
        self.say(told, level=0, head=f"{number}. ")

    def step(self, step: Step, number: int, says: StepPattern) -> None:
        """One step."""
        head = f"{number}. "
        match step:
            case recorded.Passed():
                self.passed(step, head)
            case recorded.Added(_, left, ways, value):
                is_short = ways <= MOST_WAYS
                self.tell("added" if is_short else "added_many", head=head, **vars(step))
                if is_short:
                    self.say(self.field(recorded.Equation((left, *value.sides))), level=2)
            case recorded.Vanished():
                self.tell("vanishes", head=head, **vars(step))
            case recorded.Stacked():
                self.stacked(step, head)
            case recorded.Differentiated():
                earlier = self.told.setdefault(says, number)
                tell(step, self, head, earlier if earlier < number else None)
            case recorded.Changed():
                self.tell("changes", head=head, **vars(step))

    def stacked(self, step: recorded.Stacked, head: str) -> None:
        """How a derivative with more than two axes becomes a matrix."""
        self.tell("stacked", head=head, **vars(step))
        for term in step.terms:
            self.say(self.sentence(term.key, operand=step.operand, **term.fields))
        if len(step.terms) > 1:
            self.tell("together", level=1, whole=step.value)

    def passed(self, step: recorded.Passed, head: str) -> None:
        """An operation that hands on what arrives."""
        values = {received.value for received in step.received}
        if step.kind == "sum" and len(values) == 1:
            told = tuple(r for r in step.received if r.left is not None)
            operands = recorded.Several(tuple(r.operand.introduced for r in step.received))
            opening = self.sentence(
                "passed_same", operation=step.operation, value=values.pop(), operands=operands
            )
        else:
            told = step.received
            opening = self.sentence(f"passed_{step.kind}", operation=step.operation)
        clauses = self.messages["clause"].join([opening, *map(self.received, told)])
        self.say(clauses + self.messages["stop"], self.where(step.where), level=0, head=head)

    def received(self, received: recorded.Received) -> str:
        """What one operand receives."""
        operand, left, value = received
        if left is None:
            return self.sentence("receives", operand=operand.introduced, value=value)
        if operand.is_shared:
            return self.sentence("gets", name=left, value=value)
        return self.field(recorded.Equation((left, value)))
