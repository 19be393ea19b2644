"""Derivatives by what is defined, claimed in terms of its definition.

With `z = W x`, the derivative of `||z||^2` by z may be written `2 W x`.  By z it is derived as if z
were any vector; what came out is put into a sum with weights, in which z is defined again, and the
derivative of that sum by the weights is what came out.
"""

from dataclasses import replace

from dimderiv.surfaces.notes.claims import Question
from dimderiv.surfaces.notes.judge import Judge

_WEIGHTS = r"\Omega"


def with_definitions(question: Question, judge: Judge) -> Question | None:
    """The question in which what is differentiated by is defined again; nothing where it is not.

    Args:
        question: a derivative.
        judge: what derives.

    Raises:
        DimderivError: it cannot be derived, or cannot be checked.
    """
    asked, scope = question.asked, question.scope
    is_defined = len(asked.variables) == 1 and asked.variables[0] in scope.definitions
    if not is_defined or asked.directions or question.letters:
        return None
    (extent,) = judge.derived(asked).extents.values()
    answer = judge.answer(asked)
    names = scope.read(answer, question.names).names
    needed = tuple(scope.closure({*names, *asked.variables}))
    name = _WEIGHTS.lstrip("\\")
    total = rf"\operatorname{{sum}}({_WEIGHTS} \odot \left({answer}\right))"
    every = names.union(*(each.names for each in needed))
    shapes = scope.relevant(every, question.since) | {name: str(extent.shape)}
    again = asked._replace(
        expression=" ; ".join([*(each.text for each in needed), total]),
        variables=(name,),
        order=1,
        layout="mixed",
        shapes=tuple(shapes.items()),
    )
    return replace(question, asked=again, needed=needed, names=every)
