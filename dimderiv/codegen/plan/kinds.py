"""The table of plan operations: what is known of each kind, besides how a target writes it.

A new kind of operation is a line here and its text in the writers.
"""

from typing import Literal, NamedTuple

from dimderiv.codegen.plan import cost, details, running
from dimderiv.codegen.plan.cost import Cost
from dimderiv.codegen.plan.details import Detail
from dimderiv.codegen.plan.running import Run

# There without arguments; a view of the argument, which costs nothing; an array of its own, which
# nobody else holds; factors of a matrix, which are solved with, and from which inverse and
# determinant are made; anything else: a number, or an array that another value may share.
Value = Literal["given", "view", "fresh", "factors", "shared"]


class Kind(NamedTuple):
    """What is known of a kind of operation.

    Attributes:
        value: what its value is.
        detail: what it takes besides arrays; nothing where it takes arrays alone.
        cost: what it costs.
        run: which axes of what it takes run with which of its value.
        passes: how often it goes over what it reads.
    """

    value: Value = "shared"
    detail: type[Detail] | None = None
    cost: Cost = cost.passing
    run: Run = running.whole
    passes: int = 1


# Functions of matrices that have no line of their own.
FUNCTION = Kind()
KINDS = {
    "input": Kind("given", details.Name, cost.free),
    "number": Kind("given", details.Exact, cost.free),
    "size": Kind("given", details.Length, cost.free),
    "constant": Kind("given", details.Name, cost.free),
    "transpose": Kind("view", details.Order, cost.free, running.transposed),
    "expand": Kind("view", details.Places, cost.free, running.expanded),
    "diagonal": Kind("view", details.Pattern, cost.free),
    "reshape": Kind("view", None, cost.free),
    "windows": Kind("view", details.Along, cost.free),
    "rows": Kind("view", details.Block, cost.free),
    "map": Kind("fresh", details.Entrywise, cost.entrywise, running.broadcast),
    "cast": Kind("shared", None, cost.passing, running.broadcast),
    "fill": Kind("fresh"),
    "triangle": Kind(),
    "sheared": Kind("fresh", details.Pairs),
    "scatter": Kind("fresh", details.Pattern),
    "overlap_add": Kind("shared", details.Along),
    "reduce": Kind("fresh", details.Reduction, cost.passing, running.reduced),
    "matmul": Kind("fresh", details.Multiplied, cost.multiplied, running.multiplied),
    "tensordot": Kind("fresh", details.Ends, cost.contracted, running.contracted),
    "einsum": Kind("fresh", details.Subscripts, cost.batched, running.batched),
    "inner": Kind("shared", None, cost.reading, running.summed),
    "conv2": Kind("fresh"),
    "conv2_full": Kind("fresh"),
    "softmax": Kind("fresh", details.Along, cost.of_rows, running.of_rows, passes=4),
    "logsoftmax": Kind("fresh", details.Along, cost.of_rows, running.of_rows, passes=4),
    "logsumexp": Kind("shared", details.Along, cost.of_rows, running.reducing_rows, passes=3),
    "cholesky": Kind("factors", None, cost.of_matrix(cost.CHOLESKY)),
    "lu": Kind("factors", None, cost.of_matrix(cost.LU)),
    "inverse": Kind("shared", details.Asked, cost.free),
    "inv": Kind("fresh", details.Asked, cost.of_matrix(cost.INVERSE)),
    "solve": Kind("fresh", details.Asked, cost.solved),
    "det": Kind("shared", details.Asked, cost.determinant),
    "logdet": Kind("shared", details.Asked, cost.determinant),
    "expm": Kind("shared", None, cost.of_matrix(cost.OTHER)),
    "pinv": Kind("shared", None, cost.of_matrix(cost.OTHER)),
    "gap_pinv": Kind("shared", None, cost.of_matrix(cost.OTHER)),
    "applied": Kind("shared", details.Called),
}
COMPARISONS = frozenset({">", "<", ">=", "<="})
EXTREMES = frozenset({"maximum", "minimum"})
FACTORS = frozenset(name for name, kind in KINDS.items() if kind.value == "factors")
VIEWS = frozenset(name for name, kind in KINDS.items() if kind.value == "view")
