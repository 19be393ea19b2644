"""The errors for sizes that had to be equal, and are not once all of them are known."""

from dimderiv.errors import ShapeError
from dimderiv.infer import indexed
from dimderiv.infer.clashes import ClashError, Facts, operands_misfit
from dimderiv.infer.unify import resolved
from dimderiv.language import ONE, Blocks, Call, Entry


def postponed_misfit(facts: Facts, clash: ClashError) -> ShapeError:
    """The error for an equation between sizes that could only be compared in the end."""
    match clash.node:
        case Entry():
            about = f"the letters of {facts.text(clash.node)} do not make up its axis"
            hint = "sizes for the letters in the head: [i:m, j:n] x[(i j)] has an axis of m n"
        case Blocks():
            about = f"the blocks of {facts.text(clash.node)} do not make up a rectangle"
            hint = "blocks of one height in a row, and rows of one width"
        case Call("reshape"):
            return indexed.reshape_misfit(facts, clash)
        case _:
            return operands_misfit(facts, clash)
    left, right = (resolved(size) for size in clash.sizes or (ONE, ONE))
    return ShapeError(
        f"{about}: {left} would have to be {right}",
        span=clash.node.span,
        known=facts.known([clash.node], clash.sizes),
        hint=hint,
    )
