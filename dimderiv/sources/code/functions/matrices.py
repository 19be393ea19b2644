"""Functions of matrices, products with names of their own, and arrays that are made."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce

from dimderiv.errors import DimderivError
from dimderiv.language import Binary, Call, Entry, IndexForm, Name, Number, indexed
from dimderiv.sources.code import operators
from dimderiv.sources.code.arranging import axis_of, exchanged, letters
from dimderiv.sources.code.values import (
    IS_NO_VECTOR,
    Array,
    Counting,
    Parts,
    Place,
    Value,
    is_known,
    transposed,
    whole_number,
)

ZERO, ONE = Array(Number(Fraction(0)), 0), Array(Number(Fraction(1)), 0)


def _of_matrix(function: str, axes: int) -> Callable[[Place, Value], Array]:
    def read(at: Place, a: Value) -> Array:
        return Array(Call(function, (at.array(a, 2).tree,), span=at.span), axes)

    return read


def _of_matrices(function: str) -> Callable[..., Array]:
    return lambda at, *given: Array(
        Call(function, tuple(at.array(x, 2).tree for x in given), span=at.span), 2
    )


def dot(at: Place, a: Value, b: Value) -> Array:
    """A product as `np.dot` has it, where a number scales."""
    left, right = at.array(a), at.array(b)
    if not left.axes or not right.axes:
        return operators.multiplied(at, left, right)
    if left.axes > 2 or right.axes > 2:
        at.refuse("dot of arrays with more than two axes is not read", "@ or einsum")
    return operators.product(at, left, right)


def inner(at: Place, a: Value, b: Value) -> Array:
    """The sum of the products along the last axis of both."""
    left, right = at.array(a), at.array(b)
    if left.axes == right.axes == 1:
        return operators.product(at, left, right)
    if left.axes == right.axes == 2:
        return operators.product(at, left, exchanged(at, right, 0, 1))
    if not left.axes or not right.axes:
        return operators.multiplied(at, left, right)
    if left.axes == 2 and right.axes == 1:
        return operators.product(at, left, right)
    at.misfit("inner is read of 1-D arrays and matrices")


def vdot(at: Place, a: Value, b: Value) -> Array:
    """The sum of the products of all entries."""
    left, right = at.array(a), at.array(b)
    if left.axes != right.axes:
        at.misfit("the two arrays have different numbers of axes")
    if left.axes == 1:
        return operators.product(at, left, right)
    if left.axes != 2:
        at.refuse("vdot of arrays with more than two axes is not read", "np.sum(A * B)")
    # Conforms for equal shapes alone, where a product of entries would be broadcast.
    inner = operators.product(at, Array(transposed(left.tree), 2), right)
    return Array(Call("tr", (inner.tree,), span=at.span), 0)


def outer(at: Place, a: Value, b: Value) -> Array:
    """The product of each entry of one 1-D array with each of another."""
    left, right = at.array(a, 1), at.array(b, 1)
    return Array(Binary("*", left.column, right.row, at.span), 2)


def kron(at: Place, a: Value, b: Value) -> Array:
    """A Kronecker product."""
    left, right = at.array(a), at.array(b)
    if left.axes != right.axes or left.axes not in (1, 2):
        at.misfit("kron is read of two matrices, or of two 1-D arrays")
    trees = (left.column, right.column) if left.axes == 1 else (left.tree, right.tree)
    return Array(Call("kron", trees, span=at.span), left.axes)


def solve(at: Place, a: Value, b: Value) -> Array:
    """What solves a system of equations."""
    return _solved("solve", at, at.array(a, 2), at.array(b))


def _solved(function: str, at: Place, matrix: Array, right: Array) -> Array:
    if right.axes not in (1, 2):
        inverted = {"solve": "inv", "lstsq": "pinv"}[function]
        return operators.product(at, Array(Call(inverted, (matrix.tree,), span=at.span), 2), right)
    arguments = (matrix.tree, right.column if right.axes == 1 else right.tree)
    return Array(Call(function, arguments, span=at.span), right.axes)


def lstsq(at: Place, a: Value, b: Value, rcond: Value = None) -> Parts:
    """Least squares: the first part is what solves it."""
    found = _solved("lstsq", at, at.array(a, 2), at.array(b))
    return Parts("lstsq", {"solution": found, "residuals": None, "rank": None})


def solve_triangular(
    at: Place, a: Value, b: Value, trans: Value = None, lower: Value = False, upper: Value = None
) -> Array:
    """What solves a system of equations, by one triangle of a matrix: the upper one in SciPy."""
    is_upper = not _is_chosen(at, lower) if upper is None else _is_chosen(at, upper)
    matrix = _of_matrix("triu" if is_upper else "tril", 2)(at, a)
    if trans is not None:
        at.refuse("trans is not read here", "L.T with the other triangle")
    return _solved("solve", at, matrix, at.array(b))


def cho_solve(at: Place, a: Value, b: Value) -> Array:
    """What solves a system of equations, by a Cholesky factor and whether it is the lower one."""
    if not isinstance(a, tuple) or len(a) != 2:
        at.refuse("a Cholesky factor is read as (L, True), with whether it is the lower one")
    return cholesky_solve(at, b, a[0], not _is_chosen(at, a[1]))


def cholesky_solve(at: Place, a: Value, b: Value, upper: Value = False) -> Array:
    """The same as PyTorch has it: first the right side, then the factor."""
    is_upper = _is_chosen(at, upper)
    factor = _of_matrix("triu" if is_upper else "tril", 2)(at, b).tree
    pair = (transposed(factor), factor) if is_upper else (factor, transposed(factor))
    return _solved("solve", at, Array(Binary("*", *pair, at.span), 2), at.array(a))


def _is_chosen(at: Place, value: Value) -> bool:
    if not isinstance(value, bool):
        at.refuse("which triangle is meant is True or False")
    return value


def slogdet(at: Place, a: Value) -> Parts:
    """The sign of a determinant, which is not read, and the logarithm of its size."""
    logarithm = logdet(at, a)
    name = at.array(a).name
    if name:
        at.assume(f"det({name}) is positive")
    return Parts("slogdet", {"sign": None, "logabsdet": logarithm})


def cholesky(at: Place, a: Value, lower: Value = None, upper: Value = False) -> Array:
    """A Cholesky factor: the lower one, but in SciPy the upper one where nothing is said."""
    factor = _of_matrix("chol", 2)(at, a)
    lower = at.library != "scipy" if lower is None else lower
    is_upper = _is_chosen(at, upper) or not _is_chosen(at, lower)
    return Array(transposed(factor.tree), 2) if is_upper else factor


def eigh(at: Place, a: Value) -> Parts:
    """Eigenvalues and eigenvectors of a symmetric matrix."""
    values, vectors = (_of_matrix(name, axes)(at, a) for name, axes in SPECTRUM)
    return Parts("eigh", {"eigenvalues": values, "eigenvectors": vectors})


def svd(
    at: Place, a: Value, full_matrices: Value = None, compute_uv: Value = True, some: Value = True
) -> Value:
    """A singular value decomposition; of vectors as many as there are values.

    What NumPy has last is a transpose, which PyTorch's first function of this name has not.
    """
    left, values, right = (_of_matrix(name, axes)(at, a) for name, axes in SINGULAR)
    if not _is_chosen(at, compute_uv):
        return values
    if at.library == "torch":
        is_thin = _is_chosen(at, some)
        return Parts("svd", {"U": left if is_thin else None, "S": values, "V": right})
    is_full = full_matrices is None or _is_chosen(at, full_matrices)
    last = Array(transposed(right.tree), 2)
    return Parts("svd", {"U": None if is_full else left, "S": values, "Vh": last})


def cond(at: Place, a: Value, p: Value = None) -> Array:
    """The condition number of a matrix, by its singular values."""
    if p is not None and at.array(p).whole != 2:
        at.refuse("a condition number is read of p = 2", "the norms of A and inv(A)")
    return _of_matrix("cond", 0)(at, a)


logdet = _of_matrix("logdet", 0)
# The parts of a singular value decomposition, in the same way.
SINGULAR = (("svdU", 2), ("svdvals", 1), ("svdV", 2))
# The parts of an eigendecomposition, and how many axes they have.
SPECTRUM = (("eigvals", 1), ("eigvecs", 2))


def multi_dot(at: Place, a: Value) -> Array:
    """A product of several matrices."""
    if not isinstance(a, tuple):
        at.refuse("multi_dot has a list of matrices")
    return operators.chained(at, [at.array(each) for each in a])


def matrix_power(at: Place, a: Value, n: Value) -> Array:
    """A power of a matrix."""
    power = at.array(n, 0)
    return Array(Binary("^", at.array(a, 2).tree, power.tree, at.span), 2)


def diag(at: Place, a: Value) -> Array:
    """The diagonal of a matrix, or the matrix with a diagonal."""
    array = at.array(a)
    if array.axes == 1:
        return Array(Call("diag", (array.column,), span=at.span), 2)
    return diagonal(at, a)


def diagonal(at: Place, a: Value) -> Array:
    """The diagonal of a matrix."""
    tree = at.array(a, 2).tree
    at.claim(tree, IS_NO_VECTOR)
    return Array(Call("diag", (tree,), span=at.span), 1)


def triangle(function: str) -> Callable[..., Array]:
    """The lower or the upper triangle of a matrix."""

    def read(at: Place, a: Value, k: Value = None) -> Array:
        if k is not None and at.array(k).whole != 0:
            at.refuse("a triangle beside the diagonal is not read")
        return _of_matrix(function, 2)(at, a)

    return read


def eye(at: Place, a: Value, b: Value = None) -> Array:
    """The identity."""
    size = at.array(a, 0)
    if b is not None and at.array(b).tree != size.tree:
        at.refuse("an identity that is not square is not read")
    if not is_known(size.tree):
        return Array(Name("I", at.span), 2)
    return Array(Call("eye", (size.tree,), span=at.span), 2)


def filled(at: Place, a: Value, b: Value) -> Array:
    """An array of one number."""
    sizes = [at.array(size, 0).tree for size in (a if isinstance(a, tuple) else (a,))]
    if len(sizes) > 2:
        at.refuse("an array of ones with more than two axes is not read", "a number, which fits")
    padded = (*sizes, *[ONE.tree] * (2 - len(sizes)))
    ones = Array(Call("ones", padded, span=at.span), len(sizes))
    if not all(map(is_known, sizes)):
        kind = "vector" if len(sizes) == 1 else "matrix"
        ones = Array(Call(kind, (ONE.tree,), span=at.span), len(sizes))
    value = at.array(b, 0)
    return ones if value.number == 1 else operators.multiplied(at, value, ones)


def like(value: Array) -> Callable[[Place, Value], Array]:
    """An array of one number with the shape of another."""

    def read(at: Place, a: Value) -> Array:
        array = at.array(a)
        shape = tuple(at.size(array, axis) for axis in range(array.axes))
        return filled(at, shape, value) if shape else value

    return read


def einsum(at: Place, a: Value, *operands: Value) -> Array:
    """A product by letters."""
    if not isinstance(a, str):
        at.refuse("the first argument of einsum is its letters", "einsum('ij,j->i', A, x)")
    arrays = [at.array(each) for each in operands]
    inputs = a.replace(" ", "").split("->")[0].split(",")
    for own, array in zip(inputs, arrays, strict=False):
        if "." not in own and len(own) != array.axes:
            at.misfit(f"{own} are letters of {len(own)} axes, and not of {array.axes}")
    trees = [array.column if array.axes == 1 else array.tree for array in arrays]
    try:
        form = indexed.spelled_einsum(a, trees, at.taken, at.span)
    except DimderivError as error:
        at.refuse(error.message, error.hint)
    summed = indexed.explicit(form)
    assert isinstance(summed, IndexForm)
    return Array(summed if form.letters else summed.body, len(form.letters))


def one_hot(at: Place, a: Value, num_classes: Value = None) -> Array:
    """The matrix with a 1 in each row where the label says."""
    labels = at.array(a, 1)
    size = None if num_classes is None else at.array(num_classes, 0).tree
    classes = (size,) if size is not None and is_known(size) else ()
    return Array(Call("onehot", (labels.column, *classes), span=at.span), 2)


def picked(at: Place, array: Array, labels: Array) -> Array:
    """The entry of each row that its label says."""
    letter = letters(at, array.tree, labels.tree)[0]
    row = Name(letter, at.span)
    label = Entry(labels.column, (row,), at.span)
    entry = Entry(array.tree, (row, label), at.span)
    return Array(IndexForm(((letter, None),), entry, span=at.span), 1)


def counting(at: Place, a: Value, b: Value = None) -> Counting:
    """The whole numbers below a size, which are read as an index."""
    start, stop = (None, a) if b is None else (at.array(a).whole, b)
    if start:
        at.refuse("a range that does not start at 0 is not read")
    return Counting(at.array(stop, 0))


def length(at: Place, a: Value) -> Array:
    """The size of the first axis."""
    if isinstance(a, tuple):
        return Array(whole_number(len(a), at.span), 0)
    return at.size(at.array(a), 0)


def count(at: Place, a: Value) -> Array:
    """The number of entries."""
    array = at.array(a)
    sizes = [at.size(array, axis) for axis in range(array.axes)]
    return reduce(lambda one, other: operators.multiplied(at, one, other), sizes, ONE)


def entries(at: Place, a: Value, axis: Value = None) -> Value:
    """The number of entries, or the size of an axis; in PyTorch without one all sizes."""
    array = at.array(a)
    sizes = tuple([at.size(array, axis) for axis in range(array.axes)])
    if axis is None and at.library == "torch":
        return sizes
    if axis is not None:
        return sizes[axis_of(at, array, at.array(axis).whole or 0)]
    return count(at, a)


def _filled_with(value: Array) -> Callable[..., Array]:
    def read(at: Place, *sizes: Value) -> Array:
        shape = sizes[0] if len(sizes) == 1 else sizes
        return filled(at, shape, value)

    return read


FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "inv": _of_matrix("inv", 2),
    "inverse": _of_matrix("inv", 2),
    "pinv": _of_matrix("pinv", 2),
    "expm": _of_matrix("expm", 2),
    "matrix_exp": _of_matrix("expm", 2),
    "logm": _of_matrix("logm", 2),
    "sqrtm": _of_matrix("sqrtm", 2),
    "solve_sylvester": _of_matrices("sylvester"),
    "solve_continuous_lyapunov": _of_matrices("lyap"),
    "det": _of_matrix("det", 0),
    "logdet": logdet,
    "trace": _of_matrix("tr", 0),
    "dot": dot,
    "inner": inner,
    "vdot": vdot,
    "outer": outer,
    "kron": kron,
    "solve": solve,
    "lstsq": lstsq,
    "solve_triangular": solve_triangular,
    "cho_solve": cho_solve,
    "cholesky_solve": cholesky_solve,
    "cholesky": cholesky,
    "slogdet": slogdet,
    "eigh": eigh,
    "cond": cond,
    "svd": svd,
    "svdvals": _of_matrix("svdvals", 1),
    "eigvalsh": _of_matrix("eigvals", 1),
    "multi_dot": multi_dot,
    "matrix_power": matrix_power,
    "fractional_matrix_power": matrix_power,
    "diag": diag,
    "diagonal": diagonal,
    "tril": triangle("tril"),
    "triu": triangle("triu"),
    "eye": eye,
    "identity": eye,
    "ones": _filled_with(ONE),
    "zeros": _filled_with(ZERO),
    "full": filled,
    "ones_like": like(ONE),
    "zeros_like": like(ZERO),
    "einsum": einsum,
    "one_hot": one_hot,
    "arange": counting,
    "range": counting,
    "len": length,
    "numel": count,
    "size": entries,
}
