"""Plans as text, for whoever reads or debugs them: one line an operation, with its shape."""

from collections.abc import Mapping, Sequence
from itertools import count

from dimderiv.codegen.plan.operations import Operation, reachable


def show(outputs: Sequence[Operation], names: Mapping[Operation, str] | None = None) -> str:
    """The operations that compute some outputs, each after what it needs.

    >>> from dimderiv.codegen.plan.plan import Plan
    >>> from dimderiv.language import Dim
    >>> m, n, plan = Dim.of("m"), Dim.of("n"), Plan({})
    >>> X, w = plan.symbol("X", (m, n)), plan.symbol("w", (n,))
    >>> print(show([plan.map("exp", plan.matmul(X, w, (m,)))], {}))
    X: m x n
    w: n
    1 = matmul(X, w): m
    2 = exp(1): m
    return 2
    """
    shown: dict[Operation, str] = {}
    lines: list[str] = []
    numbers = count(1)
    for op in reachable(outputs):
        shown[op] = text = _text(op, [shown[argument] for argument in op.arguments])
        if not op.is_leaf:
            shown[op] = (names or {}).get(op) or str(next(numbers))
            text = f"{shown[op]} = {text}"
        if op.dims or not op.is_leaf:
            lines.append(f"{text}: {' x '.join(map(str, op.dims)) or 'scalar'}")
    return "\n".join([*lines, f"return {', '.join(shown[op] for op in outputs)}"])


def _text(op: Operation, arguments: Sequence[str]) -> str:
    """An operation as a call; an input, a number or a size by itself."""
    told = [
        field if value is True else str(value)
        for field, value in zip(getattr(op.detail, "_fields", ()), op.detail, strict=True)
        if value is not False
    ]
    if op.is_leaf:
        return " ".join(told)
    if op.function:
        return f"{op.function}({', '.join(arguments)})"
    return f"{op.kind}({', '.join([*arguments, *told])})"
