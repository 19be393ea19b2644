"""The sign `*` between two arrays, where the text is written as NumPy is.

In NumPy `A * B` works entry by entry, and `A @ B` is the matrix product; in MATLAB and on paper `*`
is the matrix product.  A text that has `@` or `**` in it may mean either.
"""

from dimderiv.errors import ShapeError
from dimderiv.infer.scope import SCALAR_AXES, Scope
from dimderiv.language import Binary, Name, Program

_NUMPY = ("@", "**")


def refuse_ambiguous_products(scope: Scope, program: Program) -> None:
    """Refuse `A * B` in a text that has `@` or `**`, unless one of them is a scalar."""
    source = program.source
    written = [sign for sign in _NUMPY if sign in source]
    if not written:
        return
    for node in program.parts:
        if isinstance(node, Binary) and node.operator == "*" and _is_asterisk(node, source):
            left, right = scope.axes[id(node.left)], scope.axes[id(node.right)]
            if left != SCALAR_AXES and (right != SCALAR_AXES or _is_guessed(scope, node)):
                raise _ambiguous(scope, node, written[0])


def _is_asterisk(node: Binary, source: str) -> bool:
    """Whether a product is written as `*`; there may be brackets around its sides."""
    return source[node.left.span[1] : node.right.span[0]].strip(" ()\n") == "*"


def _is_guessed(scope: Scope, node: Binary) -> bool:
    """Whether the right side is a scalar only because a product needs it: `X @ w * y`."""
    return isinstance(node.right, Name) and scope.is_undeclared(node.right.name)


def _ambiguous(scope: Scope, node: Binary, sign: str) -> ShapeError:
    left, right = scope.grouped(node.left), scope.grouped(node.right)
    return scope.refusal(
        f"{scope.text(node)} may be meant entry by entry, as in NumPy, because of {sign}, or as a "
        "matrix product",
        node,
        f"{left} .* {right} for each entry, or {left} @ {right} for the matrix product",
    )
