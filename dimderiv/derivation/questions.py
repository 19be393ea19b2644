"""Questions beside a question: products with its derivatives, other layouts, tied entries."""

from collections.abc import Sequence
from dataclasses import replace

from dimderiv.answer import Question
from dimderiv.differentiate import CURVED, binding
from dimderiv.errors import NotDifferentiableError
from dimderiv.infer import handed_down, unused_directions, unused_upstream, with_directions


def hessian_vector(question: Question, names: str | Sequence[str]) -> Question:
    """The product of the Hessian with directions of the variables."""
    if question.directions or question.structured:
        kind = "along directions" if question.directions else "of tied entries"
        raise NotDifferentiableError(
            f"a Hessian-vector product is made from gradients, and this is a derivative {kind}",
            hint=f"leave out {'forward' if question.directions else 'structured'}",
        )
    if not question.typed.value.is_scalar:
        raise NotDifferentiableError(
            f"a Hessian is that of a scalar, and the value is {question.typed.value}",
            hint="make a scalar of it, for instance by sum(...)",
        )
    return replace(_along(question, names), order=2)


def products(question: Question) -> list[Question]:
    """The products of the Hessian, or of the Jacobian from both sides."""
    names = unused_directions(question.typed, question.wrt)
    if question.order == 2:
        return [hessian_vector(question, names)]
    return [_along(question, names), with_upstream(question)]


def _along(question: Question, names: str | Sequence[str]) -> Question:
    typed, directions = with_directions(question.typed, question.wrt, names, {})
    return replace(question, typed=typed, directions=directions, layout="mixed")


def with_upstream(question: Question) -> Question:
    """The product with a derivative that is handed down."""
    upstream = unused_upstream(question.typed)
    typed = handed_down(question.typed, upstream, question.rulebook, question.wrt)
    return replace(question, typed=typed, layout="mixed")


def by_tied_entries(question: Question) -> Question | None:
    """The gradient by tied entries; nothing where it cannot be asked for."""
    properties = [question.typed.symbols[name].properties for name in question.wrt]
    words = {word for own in properties for word in binding(own)}
    if not question.gives_gradients or not words or words & {*CURVED}:
        return None
    return replace(question, structured=True)
