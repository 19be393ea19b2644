"""Functions of a matrix as a whole, and the maps that are linear in one matrix.

A function that is linear in its second argument, such as the Fréchet derivative `dexpm(A, E)`, has
a matrix: `vec(dexpm(A, E)) = dexpm(A) vec(E)`, columns stacked.  With letters that is the array
`D[(j,i),(q,p)]`, which meets `E[p,q]` like any other factor.  Such functions of `A'` are the
adjoint ones: `D(A') = D(A)'`, and since also `dexpm(A', E') = dexpm(A, E)'`, the array may be read
backwards, `D[(j,i),(q,p)] = D[(p,q),(i,j)]`.
"""

from collections.abc import Sequence
from dataclasses import replace

from dimderiv import graph
from dimderiv.graph import MATRIX_POWER, Function, Index, Merged, Node, Product, transposed
from dimderiv.language import Dim, Signature
from dimderiv.rulebook import turns


def function_of(
    function: str,
    arguments: Sequence[Node],
    axes: tuple[Dim, ...],
    over: tuple[int, ...] = (),
    declared: Signature | None = None,
) -> Node:
    """A function of whole arrays; a function of a transpose as the transpose of the function.

    Args:
        function: its name.
        arguments: the arrays.
        axes: the axes of the value.
        over: for functions of rows and for reductions, the axes that they work along.
        declared: what a declared function takes and returns.
    """
    if _is_lyapunov(function, arguments) and arguments[2].symmetric:
        return replace(graph.apply_function(function, tuple(arguments), axes), symmetric=True)
    first, *others = arguments
    if function == "det" and isinstance(first, Function) and first.function == MATRIX_POWER:
        base, exponent = first.arguments
        return graph.apply_map("power", function_of("det", (base,), axes), exponent)
    is_of_one = turns(function) and not any(other.axes for other in others)
    if not is_of_one or not _is_transposed(first):
        return graph.apply_function(function, tuple(arguments), axes, over, declared)
    transpose = graph.apply_function(function, (transposed(first), *others), axes[::-1])
    return transposed(transpose)


def _is_lyapunov(function: str, arguments: Sequence[Node]) -> bool:
    """Whether an equation is one of Lyapunov, `A X + X A' = Q`, whose solution turns with `Q`."""
    if function != "sylvester" or len(arguments) < 3 or len(arguments[0].axes) > 2:
        return False
    return arguments[1].key == transposed(arguments[0]).key


def _is_transposed(node: Node) -> bool:
    """Whether a node is a multiple of one matrix, transposed."""
    if not isinstance(node, Product) or len(node.axes) != 2:
        return False
    matrices = [factor for factor in node.factors if factor.indices]
    return len(matrices) == 1 and matrices[0].indices == node.result[::-1] != node.result


def map_indices(value: Sequence[int], argument: Sequence[int]) -> tuple[Index, Index]:
    """The indices of the matrix of a linear map, from the letters of its value and its argument."""
    return Merged(tuple(value[::-1])), Merged(tuple(argument[::-1]))
