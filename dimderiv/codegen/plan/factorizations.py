"""Which matrices of a plan are factorized once for all that is asked of them.

The planner takes it that every matrix which is solved with, inverted, or has its determinant taken
is factorized first, so that its costs count the factor once.  Here a factor that serves nobody
else, or that the target does not know, is left out again: its only user takes the whole matrix.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace

from dimderiv.codegen.plan.details import Asked, Multiplied, Order
from dimderiv.codegen.plan.kinds import OF_PARTS
from dimderiv.codegen.plan.operations import Operation
from dimderiv.codegen.plan.variants import Variant


def factorized(variant: Variant, known: Collection[str]) -> Variant:
    """A plan in which every factor is worth its name.

    Args:
        variant: the plan, in which every matrix is factorized.
        known: the kinds of factors that the target knows.
    """
    order = variant.operations()
    users: dict[Operation, list[Operation]] = defaultdict(list)
    for op in order:
        if op.arguments and op.arguments[0].is_factor:
            users[op.arguments[0]].append(op)
    alone = {f for f in users if f.kind in OF_PARTS and len(users[f]) == 1}
    left_out = alone.union(f for f in users if f.kind not in known)
    if not left_out:
        return variant
    found: dict[Operation, Operation] = {}
    inverses: dict[Operation, Operation] = {}
    for op in order:
        arguments = tuple([found[argument] for argument in op.arguments])
        if op.arguments and op.arguments[0] in left_out:
            found[op] = _of_whole(op, arguments, inverses)
        elif op in left_out:
            found[op] = arguments[0]
        elif arguments != op.arguments:
            found[op] = replace(op, arguments=arguments)
        else:
            found[op] = op
    names = {found[op]: name for op, name in variant.names.items() if op in found}
    return replace(variant, outputs=[found[op] for op in variant.outputs], names=names)


def _of_whole(
    op: Operation, arguments: tuple[Operation, ...], inverses: dict[Operation, Operation]
) -> Operation:
    """What is asked of a factor, asked of its matrix."""
    matrix, *others = arguments
    if op.kind == "solve" and matrix.repeats < op.repeats:
        # No factor is there for what arrives again and again, so that it is the inverse.
        inverse = Operation("inv", Asked(whole=True), (matrix,), matrix.dims, matrix.repeats)
        inverse = inverses.setdefault(matrix, inverse)
        return Operation("matmul", Multiplied(), (inverse, *others), op.dims, op.repeats)
    if isinstance(op.detail, Asked) and op.detail.transposed:
        matrix = Operation("transpose", Order((1, 0)), (matrix,), matrix.dims, matrix.repeats)
    made = replace(op, detail=Asked(whole=True), arguments=(matrix, *others))
    if op.kind == "inv":
        inverses[matrix] = made
    return made


def called(op: Operation) -> str:
    """What a kind of operation is called; of factors, with what they are: `lu_solve`.

    Args:
        op: the operation.
    """
    kind = "inv" if op.kind == "inverse" else op.kind
    first = op.arguments[0] if op.arguments else op
    return f"{first.kind}_{kind}" if first.is_factor and first is not op else kind
