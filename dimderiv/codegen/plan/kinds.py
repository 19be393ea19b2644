"""The table of plan operations: what is known of each kind, besides how a target writes it.

A new kind of operation is a line here and its text in the writers.
"""

from typing import Literal, NamedTuple

from dimderiv.codegen.plan import cost, details, running
from dimderiv.codegen.plan.cost import Cost
from dimderiv.codegen.plan.details import Detail
from dimderiv.codegen.plan.running import AxisRun

# There without arguments; a view of the argument, which costs nothing; an array of its own, which
# nobody else holds; factors of a matrix, which are solved with, and from which inverse and
# determinant are made; anything else: a number, or an array that another value may share.
Storage = Literal["given", "view", "fresh", "factors", "shared"]


class Traits(NamedTuple):
    """What is known of a kind of operation.

    Attributes:
        value: what its value is.
        detail: what it takes besides arrays; nothing where it takes arrays alone.
        cost: what it costs.
        run: which axes of what it takes run with which of its value.
        passes: how often it goes over what it reads.
    """

    value: Storage = "shared"
    detail: type[Detail] | None = None
    cost: Cost = cost.passing
    run: AxisRun = running.whole
    passes: int = 1


# A product that is split into more axes is an array of its own: nobody holds it unsplit.
# Functions of matrices that have no line of their own.
FUNCTION = Traits()
KINDS = {
    "input": Traits("given", details.Name, cost.free),
    "number": Traits("given", details.Exact, cost.free),
    "size": Traits("given", details.Length, cost.free),
    "constant": Traits("given", details.Name, cost.free),
    "transpose": Traits("view", details.Order, cost.free, running.transposed),
    "expand": Traits("view", details.Places, cost.free, running.expanded),
    "diagonal": Traits("view", details.Pattern, cost.free),
    "reshape": Traits("view", None, cost.free),
    "packed": Traits("fresh"),
    "split": Traits("fresh", None, cost.free),
    "windows": Traits("view", details.Along, cost.free),
    "part": Traits("view", details.Parts, cost.free, running.partly),
    "windowed": Traits("view", details.Windows, cost.free),
    "flip": Traits("view", details.Along, cost.free),
    "copied": Traits("fresh"),
    "rows": Traits("view", details.Block, cost.free),
    "map": Traits("fresh", details.Entrywise, cost.entrywise, running.broadcast),
    "cast": Traits("shared", None, cost.passing, running.broadcast),
    "fill": Traits("fresh"),
    "triangle": Traits(),
    "sheared": Traits("fresh", details.Pairs),
    "bordered": Traits("shared", details.Edges),
    "inlaid": Traits("fresh", details.Inlaid),
    "concatenated": Traits("fresh", details.Along),
    "overlapped": Traits("fresh", details.Windows),
    "selection": Traits("fresh", details.Selected),
    "taken": Traits("fresh", details.Shared),
    "put": Traits("fresh", details.Shared),
    "rank": Traits("shared", details.Along, cost.of_rows),
    "cumsum": Traits("fresh", details.Along, cost.passing),
    "sort": Traits("fresh", details.Along, cost.of_rows),
    "scatter": Traits("fresh", details.Pattern),
    "overlap_add": Traits("shared", details.Along),
    "reduce": Traits("fresh", details.Reduction, cost.passing, running.reduced),
    "matmul": Traits("fresh", details.Multiplied, cost.multiplied, running.multiplied),
    "tensordot": Traits("fresh", details.Ends, cost.contracted, running.contracted),
    "einsum": Traits("fresh", details.Subscripts, cost.batched, running.batched),
    "distances": Traits("fresh", details.Subscripts, cost.batched, running.batched),
    "inner": Traits("shared", None, cost.reading, running.summed),
    "conv": Traits("fresh", details.Convolution, cost.convolved),
    "conv_adjoint": Traits("fresh", details.Convolution, cost.unconvolved),
    "conv2": Traits("fresh"),
    "conv2_full": Traits("fresh"),
    "softmax": Traits("fresh", details.Along, cost.of_rows, running.of_rows, passes=4),
    "logsoftmax": Traits("fresh", details.Along, cost.of_rows, running.of_rows, passes=4),
    "logsumexp": Traits("shared", details.Along, cost.of_rows, running.reducing_rows, passes=3),
    "cholesky": Traits("factors", None, cost.of_matrix(cost.CHOLESKY)),
    "lu": Traits("factors", None, cost.of_matrix(cost.LU)),
    "lower": Traits("factors", None, cost.free),
    "chol": Traits("shared", None, cost.of_matrix(cost.CHOLESKY)),
    "svd": Traits("factors", None, cost.of_matrix(cost.OTHER)),
    "svdvals": Traits("shared", details.Asked, cost.free),
    "svdU": Traits("shared", details.Asked, cost.free),
    "svdV": Traits("shared", details.Asked, cost.free),
    "inverse": Traits("shared", details.Asked, cost.free),
    "inv": Traits("fresh", details.Asked, cost.of_matrix(cost.INVERSE)),
    "solve": Traits("fresh", details.Asked, cost.solved),
    "det": Traits("shared", details.Asked, cost.determinant),
    "logdet": Traits("shared", details.Asked, cost.determinant),
    "detsign": Traits("shared", details.Asked, cost.determinant),
    "expm": Traits("shared", None, cost.of_matrix(cost.OTHER)),
    "pinv": Traits("shared", None, cost.of_matrix(cost.OTHER)),
    "gap_pinv": Traits("shared", None, cost.of_matrix(cost.OTHER)),
    "applied": Traits("shared", details.Called),
}
COMPARISONS = frozenset({">", "<", ">=", "<=", "=="})
EXTREMES = frozenset({"maximum", "minimum"})
FACTORS = frozenset(name for name, kind in KINDS.items() if kind.value == "factors")
# Those that are several arrays, and that are asked of the matrix itself where they serve one user.
OF_PARTS = frozenset({"lu", "svd"})
VIEWS = frozenset(name for name, kind in KINDS.items() if kind.value == "view")
OF_MATRICES = frozenset({"inv", "det", "logdet", "detsign", "expm", "pinv", "gap_pinv"})
