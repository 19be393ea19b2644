"""A program with the size of every letter written out, and every axis as a number.

That is what the check reads, which finds no sizes of its own.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from operator import is_
from typing import Protocol

from dimderiv.language import Dim, Number, Program, Shape, Tree, replaced, syntax


class Sizes(Protocol):
    """What is known of the parts of a program."""

    def shape(self, node: Tree) -> Shape:
        """The shape of a part."""

    def extents(self, node: Tree) -> Mapping[str, Dim]:
        """How far the letters run that a part binds."""

    def declared_letters(self, node: Tree) -> Collection[str]:
        """The letters that a part binds whose sizes only a declaration tells."""

    def axes_along(self, node: syntax.Call) -> tuple[int, ...] | None:
        """The axes that a call runs along."""


def needs_sizes(program: Program) -> bool:
    """Whether a program has letters, or axes that may not be given by their numbers.

    Args:
        program: the program.
    """
    return syntax.IndexForm in program.kinds or any(map(_needs_sizes, program.calls))


def _needs_sizes(call: syntax.Call) -> bool:
    is_plain = call.axis is None or (isinstance(call.axis, int) and call.axis >= 0)
    return bool(call.over) or not is_plain or call.function in {"reshape", "onehot"}


def with_sizes(program: Program, sizes: Sizes) -> Program:
    """The program with its sizes.

    Args:
        program: the program.
        sizes: the sizes of its parts.
    """

    def change(part: Tree) -> Tree | None:
        match part:
            case syntax.IndexForm(letters, body):
                written = _written(letters, sizes.extents(part))
                return replace(part, letters=written, body=replaced(body, change))
            case syntax.Call("size", (operand, Number(axis))):
                return sizes.shape(operand)[int(axis)].syntax()
            case syntax.Call():
                return _call(part)
        return None

    def _call(part: syntax.Call) -> Tree | None:
        along = sizes.axes_along(part)
        arguments = tuple([replaced(argument, change) for argument in part.arguments])
        if part.function == "reshape":
            shape = sizes.shape(part)[: len(arguments) - 1]
            arguments = (arguments[0], *(size.syntax() for size in shape))
        if part.function == "onehot" and len(arguments) == 1:
            classes = sizes.shape(part).axes[-1]
            arguments = (*arguments, classes.syntax())
        if part.over:
            over = _written(part.over, sizes.extents(part))
            return replace(part, arguments=arguments, over=over)
        if along is not None:
            return replace(part, arguments=arguments, axis=along[0] if len(along) == 1 else along)
        is_same = len(arguments) == len(part.arguments) and all(map(is_, arguments, part.arguments))
        return part if is_same else replace(part, arguments=arguments)

    statements = [replace(each, value=replaced(each.value, change)) for each in program.statements]
    return replace(program, statements=tuple(statements))


def _written(
    letters: Iterable[syntax.Letter], extents: Mapping[str, Dim]
) -> tuple[syntax.Letter, ...]:
    return tuple([(name, extents[name].syntax()) for name, _ in letters])


def with_signs(program: Program, sizes: Sizes) -> Program:
    """The program with `@` between arrays of more than two axes, where it is read as a product.

    Written out are the sizes of convolutions, which are told by those of what is convolved, and of
    letters of which only the declaration of what is defined tells how far they run.  An axis of an
    array with more than two is a tuple: that of a matrix may be written as a product with ones.

    Args:
        program: the program.
        sizes: the sizes of its parts.
    """

    def change(part: Tree) -> Tree | None:
        match part:
            case syntax.IndexForm(letters, body):
                told = {letter[0] for letter in letters if _is_counted(letter)}
                told |= {*sizes.declared_letters(part)}
                if not told:
                    return None
                extents = sizes.extents(part)
                written = tuple(
                    (name, extents[name].syntax() if name in told else size)
                    for name, size in letters
                )
                return replace(part, letters=written, body=replaced(body, change))
            case syntax.Call(_, (operand, *_), int(axis)) if sizes.shape(operand).has_more_axes:
                new = tuple([replaced(argument, change) for argument in part.arguments])
                return replace(part, arguments=new, axis=(axis,))
            case syntax.Binary("*", left, right):
                shapes = sizes.shape(left), sizes.shape(right)
                if any(each.is_scalar for each in shapes):
                    return None
                if any(each.has_more_axes for each in shapes):
                    return replace(
                        part,
                        operator="@",
                        left=replaced(left, change),
                        right=replaced(right, change),
                    )
        return None

    statements = [replace(each, value=replaced(each.value, change)) for each in program.statements]
    return replace(program, statements=tuple(statements))


def _is_counted(letter: syntax.Letter) -> bool:
    """Whether the size of a letter is told by that of an axis: `i:size(X, 2) + 1`."""
    _, size = letter
    parts = syntax.walk(size) if size is not None else ()
    return any(isinstance(part, syntax.Call) and part.function == "size" for part in parts)
