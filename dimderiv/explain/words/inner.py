"""The steps of derivatives inside an expression, which come before those of the whole."""

from collections.abc import Sequence

from dimderiv.answer import Inner, Question
from dimderiv.explain.record import Step, record_steps, recorded
from dimderiv.explain.words.steps import StepSpeaker
from dimderiv.language import TRACES, Call, Name, Statement, needed


def parts_of(steps: Sequence[Step]) -> list[list[Step]]:
    """The steps of the gradient, and those of each block after what it begins with."""
    parts: list[list[Step]] = [[]]
    for step in steps:
        if isinstance(step, recorded.HessianBlock):
            parts.append([])
        parts[-1].append(step)
    return parts


def derived_first(question: Question, speaker: StepSpeaker) -> int:
    """Say how each derivative inside was derived, and what is differentiated then.

    Args:
        question: what is asked of the whole.
        speaker: says it.

    Returns:
        How many steps there were.
    """
    number = 1
    for inner in question.inner:
        number += _derived(inner, speaker, number)
    if question.inner:
        given = question.typed.asked.program.statements
        *before, last = question.typed.program.statements
        told = {*given, *(Statement(each.name, each.value) for each in question.inner if each.name)}
        others = [_equation(each) for each in before if each not in told]
        speaker.markup.gap()
        key = "inner_then_where" if others else "inner_then"
        speaker.tell(key, expression=last.value, where=recorded.Several(tuple(others)))
    return number - 1


def _derived(inner: Inner, speaker: StepSpeaker, number: int) -> int:
    """Say how one was derived; the number of steps."""
    first, *blocks = parts_of(record_steps(inner.derived))
    *before, last = inner.derived.question.typed.program.statements
    definitions = {each.name or "": each.value for each in before}
    used = [Statement(name, definitions[name]) for name in needed(definitions, last.value)]
    where = tuple(map(_equation, used if last.name is None else [*used, last]))
    of = inner.call.arguments[0]
    speaker.markup.gap()
    key = "inner_where" if where else "inner_of"
    speaker.tell(key, call=inner.call, where=recorded.Several(where))
    is_scalar = inner.derived.question.typed.value.is_scalar
    key = "notation_block" if is_scalar else "notation_block_array"
    speaker.notation(first, key, gradient=of)
    speaker.steps(first, number)
    if blocks:
        speaker.hessian(blocks, number + len(first))
    named = (Name(inner.name),) if inner.name else ()
    whole = next(iter(inner.derived.names.values()))
    trace = (Call("tr", (Name(whole),)),) if inner.call.function in TRACES else ()
    speaker.markup.gap()
    value = recorded.Equation((*named, inner.call, *trace, inner.value))
    speaker.tell("inner_found", value=value)
    return len(first) + sum(len(block) - 1 for block in blocks)


def _equation(statement: Statement) -> recorded.Equation:
    return recorded.defined(Name(statement.name or ""), statement.value)
