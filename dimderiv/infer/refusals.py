"""The errors for what is not defined for a shape at all: powers, divisors, arguments, sizes."""

from collections.abc import Sequence

from dimderiv.errors import ShapeError
from dimderiv.infer.clashes import ClashError, Facts
from dimderiv.language import EXTREMES, REDUCTIONS, Call, Name, Tree, children

_COUNTS = ("no arguments", "one argument", "two arguments", "three arguments")
_EACH_ENTRY = "for each entry"
_OPENING = tuple("([|‖")


def divisor_refused(facts: Facts, clash: ClashError) -> ShapeError:
    """A division by what is not a scalar."""
    left, right = children(clash.node)
    shape, text = facts.shape(right), facts.text(right)
    options = [f"{facts.grouped(left)} ./ {facts.grouped(right)} {_EACH_ENTRY}"]
    after = facts.source[right.span[1] :].lstrip()[:1]
    if after.isalnum() or after in _OPENING:
        # A quotient ends after one factor: what follows was meant to be below as well.
        options = [f"{facts.text(left)} / ({text} ...) for a divisor of several factors"]
    if shape.rows == shape.cols:
        options.append(f"{facts.grouped(left)} inv({text})")
    if isinstance(right, Name) and facts.is_undeclared(right.name):
        options.append(f"declare {text}: scalar")
    message = f"only a scalar can be divided by: {facts.said(right)}"
    return facts.refusal(message, right, ", or ".join(options))


def exponent_refused(facts: Facts, clash: ClashError) -> ShapeError:
    """A power whose exponent is not a scalar."""
    base, exponent = children(clash.node)
    hint = _powers(facts, base, exponent)
    if (
        isinstance(exponent, Name)
        and facts.is_undeclared(exponent.name)
        and facts.shape(base).is_scalar
    ):
        hint += f", or declare {facts.text(exponent)}: scalar"
    return facts.refusal(f"an exponent is a scalar: {facts.said(exponent)}", exponent, hint)


def _powers(facts: Facts, base: Tree, exponent: Tree) -> str:
    """What may be meant by a power that does not exist."""
    shape, text, power = facts.shape(base), facts.grouped(base), facts.grouped(exponent)
    if shape.is_matrix and shape.rows == shape.cols:
        return (
            f"a whole power {text}^2, the inverse {text}^-1, the root {text}^0.5, "
            f"or {text}.^{power} for each entry"
        )
    return f"{text}.^{power} {_EACH_ENTRY}"


def vector_power_refused(facts: Facts, clash: ClashError) -> ShapeError:
    """A power of a vector."""
    base, exponent = children(clash.node)
    text, power = facts.text(base), facts.grouped(exponent)
    hint = f"{facts.grouped(base)}.^{power} {_EACH_ENTRY}"
    if power == "2":
        hint += f", or ||{text}||^2 for the sum of squares"
    message = f"a vector has no powers: {facts.said(base)}"
    return facts.refusal(message, clash.node, hint, about=base)


def arguments_refused(node: Call, names: Sequence[str]) -> ShapeError:
    """A function with the wrong number of arguments."""
    given = len(node.arguments)
    counts = [_COUNTS[k] if k < len(_COUNTS) else f"{k} arguments" for k in (len(names), given)]
    if node.function in EXTREMES:
        return _extreme_refused(node, counts[1].split()[0])
    hint = f"{node.function}({', '.join(names)})"
    if given == 2 and node.function in REDUCTIONS:
        hint = f"{node.function}(X, axis=0) down each column, {node.function}(X, axis=1) along rows"
    elif given == 2 and node.function == "norm2":
        hint = "||x||, ||x||_1 or ||x||_inf of a vector, ||X||_F for the Frobenius norm"
    return ShapeError(
        f"{node.function} takes {counts[0]}, not {counts[1].split()[0]}",
        span=node.span,
        hint=hint,
    )


def _extreme_refused(node: Call, given: str) -> ShapeError:
    """A maximum or minimum of more than two, or of two along an axis."""
    name = node.function
    of_two = f"{name}(A, B)"
    if node.axis is not None:
        return ShapeError(
            f"{name} along an axis takes one argument, not {given}",
            span=node.span,
            hint=f"{name}({of_two}, axis={node.axis})",
        )
    return ShapeError(
        f"{name} takes one argument or two, not {given}",
        span=node.span,
        hint=f"{name}(A), {of_two}, or {name}(A, {name}(B, C))",
    )


def axis_refused(node: Call, reductions: Sequence[str]) -> ShapeError:
    """An axis given to a function that has none."""
    return ShapeError(
        f"{node.function} takes no axis",
        span=node.span,
        hint=f"an axis goes with {', '.join(reductions)}",
    )


def vector_wanted(facts: Facts, clash: ClashError) -> ShapeError:
    """A matrix where a function takes a vector."""
    part = children(clash.node)[0]
    message = f"{facts.text(clash.node)} takes a vector: {facts.said(part)}"
    return facts.refusal(message, part, about=clash.node)


def scalar_wanted(facts: Facts, clash: ClashError) -> ShapeError:
    """An array where a scalar is wanted: the constant of `vector(1)`, the body of an index form."""
    return facts.refusal(f"a scalar is wanted here: {facts.said(clash.node)}", clash.node)


def letters_refused(node: Call, reductions: Sequence[str]) -> ShapeError:
    """Letters given to a function that runs over none."""
    return ShapeError(
        f"{node.function} does not run over letters",
        span=node.span,
        hint=f"letters go with {', '.join(reductions)}, without an axis beside them",
    )


def example_wanted(node: Call, example: str) -> ShapeError:
    """A call with arguments missing, or with too many of them."""
    count = len(node.arguments)
    given = f"{count} arguments" if count > 3 else _COUNTS[count]
    return ShapeError(f"{node.function} does not take {given}", span=node.span, hint=example)


def undetermined(node: Tree, text: str) -> ShapeError:
    """A part whose size nothing around it tells."""
    if isinstance(node, Name):
        hint = "eye(n) for an identity of size n"
    else:
        hint = "ones(n, 1) or ones(m, n), with sizes"
    return ShapeError(f"the size of {text} is not determined", span=node.span, hint=hint)
