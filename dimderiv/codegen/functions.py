"""The numpy code of a function of the language, given the code of its arguments."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from dimderiv.codegen.arrays import (
    ATOM,
    PRODUCT,
    Arrays,
    Code,
    along,
    array,
    called,
    constant,
    diagonal,
    permutation,
    transposed,
)
from dimderiv.errors import UnknownNameError
from dimderiv.language.syntax import Call
from dimderiv.shapes import ONE, SCALAR, Dim, Shape

LONGEST_DECIMAL = 12

ENTRYWISE = {
    name: f"np.{name}({{}})"
    for name in (
        *("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh"),
        *("arcsin", "arccos", "arctan", "abs", "sign"),
    )
} | {"relu": "np.maximum({}, 0)", "softplus": "np.logaddexp(0, {})"}

ENTRYWISE_HELPERS = frozenset({"sigmoid", "erf", "gelu", "silu"})

MATRIX_FUNCTIONS = {
    "det": "np.linalg.det({})",
    "logdet": "np.linalg.slogdet({})[1]",
    "tr": "np.trace({})",
    "normN": 'np.linalg.norm({}, "nuc")',
}


def number(value: Fraction) -> Code:
    """The code of an exact number: a decimal where it has a short one, else a quotient."""
    if value.denominator == 1:
        return constant(str(value.numerator), SCALAR)
    decimal = repr(float(value))
    if len(decimal) <= LONGEST_DECIMAL and Fraction(decimal) == value:
        return constant(decimal, SCALAR)
    return constant(f"{value.numerator} / {value.denominator}", SCALAR, PRODUCT)


def filled(name: str, shape: Shape) -> Code:
    """The code of `ones` or `eye`, which is written out only where it has to be.

    Args:
        name: the function.
        shape: the shape of its value.
    """
    if name == "ones" or shape.is_scalar:
        return constant("1", shape)
    return diagonal(constant("1", Shape(shape.rows, ONE)))


def commutation(rows: Dim, cols: Dim, arrays: Arrays, helper: Callable[[str], str]) -> Code:
    """The code of `K(m, n)`: the order in which it takes the rows of what it multiplies.

    Args:
        rows: the first size.
        cols: the second size.
        arrays: the operations on pieces of code.
        helper: called with the name of a function that the code needs; says how it is called.
    """
    size = rows * cols
    if rows.is_one or cols.is_one:
        return filled("eye", Shape(size, size))
    first, second = (arrays.size(dim).text for dim in (rows, cols))
    name = helper("commutation")
    return permutation(f"{name}({first}, {second})", f"{name}({second}, {first})", size)


def call(
    node: Call,
    arguments: Sequence[Code],
    arrays: Arrays,
    helper: Callable[[str], str],
) -> Code:
    """The code of a call.

    Args:
        node: the call.
        arguments: the code of its arguments.
        arrays: the operations on pieces of code.
        helper: called with the name of a function that the code needs; says how it is called.

    Raises:
        UnknownNameError: nobody said how the function is computed.
    """
    name, first = node.function, arguments[0]
    match name:
        case "sum" | "mean" | "max" | "min" | "logsumexp":
            return _reduction(node, first, arrays, helper)
        case "softmax" | "logsoftmax":
            return _along_rows(name, arrays.full(first), helper)
        case "cross_entropy":
            return _cross_entropy(first, arguments[1], arrays, helper)
        case "norm2" | "normF" | "norm1" | "normN":
            return _norm(name, first, arrays)
        case "kron" | "conv2":
            return _of_two_matrices(name, first, arguments[1], arrays, helper)
        case "tril" | "triu":
            return array(f"np.{name}({arrays.full(first).text})", first.shape)
        case "diag" | "vec" | "inv" | "tr" | "det" | "logdet" | "pinv" | "expm":
            return _matrix_function(name, first, arrays, helper)
        case "polar" | "eigmax" | "eigvec":
            return _spectral(name, first, arrays, helper)
        case "dexpm":
            return _derivative_of_expm(list(arguments), arrays, helper)
    if name in ENTRYWISE_HELPERS:
        return arrays.mapped(first, f"{helper(name)}({{}})")
    if name not in ENTRYWISE:
        raise _unknown(node)
    return arrays.mapped(first, ENTRYWISE[name])


def _unknown(node: Call) -> UnknownNameError:
    return UnknownNameError(
        f"there is no numpy code for {node.function}",
        span=node.span,
        hint="give it a definition in a rule file",
    )


def _reduction(node: Call, code: Code, arrays: Arrays, helper: Callable[[str], str]) -> Code:
    if node.function == "sum":
        return arrays.total(code, node.axis)
    if node.function == "mean":
        whole = code if code.form == "array" else arrays.full(code)
        return arrays.reduced(whole, "mean", node.axis)
    if node.function in ("max", "min"):
        return arrays.reduced(code, node.function, node.axis)
    whole = arrays.full(code)
    shape = arrays.reduced(whole, "sum", node.axis).shape
    if shape == whole.shape:
        return whole
    axis = f", axis={node.axis}" if not shape.is_scalar else ""
    return array(f"{helper('logsumexp')}({whole.text}{axis})", shape)


def _along_rows(name: str, code: Code, helper: Callable[[str], str]) -> Code:
    if code.shape.is_scalar:
        return constant("1" if name == "softmax" else "0", SCALAR)
    return replace(code, text=f"{helper(name)}({code.text})", level=ATOM, kept=None)


def _cross_entropy(
    scores: Code, target: Code, arrays: Arrays, helper: Callable[[str], str]
) -> Code:
    scores, target = arrays.full(scores), arrays.full(target)
    if scores.shape.is_scalar:
        return constant("0", SCALAR)
    if target.shape.is_column and scores.shape.is_matrix:
        text = arrays.two_axes(target)
    else:
        text = target.text
    return array(f"{helper('cross_entropy')}({scores.text}, {text})", SCALAR)


def _norm(name: str, code: Code, arrays: Arrays) -> Code:
    if name == "norm1":
        return arrays.total(arrays.mapped(code, "np.abs({})"), None)
    code = arrays.full(code)
    if code.shape.is_scalar:
        return array(f"np.abs({code.text})", SCALAR)
    template = MATRIX_FUNCTIONS[name] if name == "normN" and code.shape.is_matrix else ""
    return array((template or "np.linalg.norm({})").format(code.text), SCALAR)


def _of_two_matrices(
    name: str,
    left: Code,
    right: Code,
    arrays: Arrays,
    helper: Callable[[str], str],
) -> Code:
    if name == "kron" and (left.shape.is_scalar or right.shape.is_scalar):
        return arrays.entrywise("*", left, right)
    left, right = arrays.full(left), arrays.full(right)
    pairs = list(zip(left.shape, right.shape, strict=True))
    if name == "kron":
        shape = Shape(*(a * b for a, b in pairs))
    else:
        shape = Shape(*(a - b + ONE for a, b in pairs))
    function = "np.kron" if name == "kron" else helper(name)
    if name == "kron" and shape.is_column:
        return array(f"np.kron({left.text}, {right.text})", shape)
    text = f"{function}({arrays.two_axes(left)}, {arrays.two_axes(right)})"
    return arrays.from_two_axes(text, shape)


def _matrix_function(name: str, code: Code, arrays: Arrays, helper: Callable[[str], str]) -> Code:
    match name:
        case "diag":
            return _diag(code, arrays)
        case "vec":
            return _vec(code, arrays)
        case "inv":
            return inverse(code, arrays)
        case "tr" if code.form == "diagonal":
            return arrays.total(code, None)
    code = arrays.full(code)
    if code.shape.is_scalar:
        if name == "pinv":
            return reciprocal(code, arrays)
        entry = {"logdet": "np.log({})", "expm": "np.exp({})"}.get(name, "{}")
        return arrays.mapped(code, entry) if entry != "{}" else code
    if name == "pinv":
        text = f"np.linalg.pinv({arrays.two_axes(code)})"
        return arrays.from_two_axes(text, code.shape.transposed)
    if name == "expm":
        return array(f"{helper(name)}({code.text})", code.shape)
    return array(MATRIX_FUNCTIONS[name].format(code.text), SCALAR)


def _spectral(name: str, code: Code, arrays: Arrays, helper: Callable[[str], str]) -> Code:
    """Functions of singular values, or of eigenvalues of a symmetric matrix."""
    code = arrays.full(code)
    if name == "polar":
        if code.shape.is_scalar:
            return arrays.mapped(code, "np.sign({})")
        text = f"{helper(name)}({arrays.two_axes(code)})"
        return arrays.from_two_axes(text, code.shape)
    if code.shape.is_scalar:
        return code if name == "eigmax" else constant("1", SCALAR)
    if name == "eigmax":
        return array(f"np.linalg.eigvalsh({code.text})[-1]", SCALAR)
    return array(f"{helper(name)}({code.text})", Shape(code.shape.rows, ONE))


def _derivative_of_expm(
    arguments: Sequence[Code], arrays: Arrays, helper: Callable[[str], str]
) -> Code:
    first, *others = (arrays.full(code) for code in arguments)
    if first.shape.is_scalar:
        value = arrays.mapped(first, "np.exp({})")
        return arrays.entrywise("*", others[0], value) if others else value
    if others:
        return array(f"{helper('dexpm')}({first.text}, {others[0].text})", first.shape)
    size = first.shape.rows * first.shape.cols
    return array(f"{helper('dexpm_matrix')}({first.text})", Shape(size, size))


def reciprocal(code: Code, arrays: Arrays) -> Code:
    """One over each entry."""
    return arrays.entrywise("/", constant("1", SCALAR), code)


def inverse(code: Code, arrays: Arrays) -> Code:
    """The inverse, which is not computed where a system of equations can be solved instead."""
    if code.shape.is_scalar:
        return reciprocal(code, arrays)
    if code.form == "diagonal":
        return diagonal(reciprocal(along(code), arrays))
    if code.form == "inverse":
        return replace(code, form="array")
    if code.form == "permutation":
        return transposed(code)
    return replace(arrays.full(code), form="inverse")


def _diag(code: Code, arrays: Arrays) -> Code:
    if code.shape.is_scalar:
        return code
    if code.shape.is_matrix:
        return arrays.diagonal_of(code)
    return diagonal(transposed(code) if code.shape.is_row else code)


def _vec(code: Code, arrays: Arrays) -> Code:
    if not code.shape.is_matrix:
        return transposed(code) if code.shape.is_row else code
    whole = arrays.full(code)
    shape = Shape(code.shape.rows * code.shape.cols, ONE)
    return array(called(transposed(whole), "ravel"), shape)
