"""Functions that are formulas of others, in the code that they stand for."""

from collections.abc import Callable, Mapping

from dimderiv.sources.code import operators
from dimderiv.sources.code.functions import elementwise, matrices, reductions
from dimderiv.sources.code.values import Array, Counting, Place, Value, whole_number

# As in PyTorch, whose names of arguments they have.
FORMULAS: Mapping[str, str] = {
    "exp2": "lambda a: exp(log(2) * a)",
    "cbrt": "lambda a: sign(a) * abs(a)**(1/3)",
    "diff": "lambda a: a[..., 1:] - a[..., :-1]",
    "xlogy": "lambda a, b: a * log(b)",
    "xlog1py": "lambda a, b: a * log1p(b)",
    "entr": "lambda a: -a * log(a)",
    "rel_entr": "lambda a, b: a * log(a / b)",
    "huber": "lambda delta, a: where(abs(a) <= delta, a**2 / 2, delta * (abs(a) - delta / 2))",
    "pseudo_huber": "lambda delta, a: delta**2 * (sqrt(1 + (a / delta)**2) - 1)",
    "exp10": "lambda a: exp(log(10) * a)",
    "logit": "lambda a: log(a / (1 - a))",
    "softsign": "lambda a: a / (1 + abs(a))",
    "soft_sign": "lambda a: a / (1 + abs(a))",
    "tanhshrink": "lambda a: a - tanh(a)",
    "mish": "lambda a: a * tanh(softplus(a))",
    "relu6": "lambda a: minimum(maximum(a, 0), 6)",
    "hardtanh": "lambda a, min_val=-1, max_val=1: minimum(maximum(a, min_val), max_val)",
    "softmin": "lambda a, axis: softmax(-a, axis)",
    "sinc": "lambda a: sin(pi * a) / (pi * a)",
    "trapezoid": "lambda a, x:"
    " sum((x[..., 1:] - x[..., :-1]) * (a[..., 1:] + a[..., :-1]), axis=-1) / 2",
    "trapz": "lambda a, x:"
    " sum((x[..., 1:] - x[..., :-1]) * (a[..., 1:] + a[..., :-1]), axis=-1) / 2",
    "cov": "lambda a: (a - mean(a, axis=1, keepdims=True))"
    " @ (a - mean(a, axis=1, keepdims=True)).T / (a.shape[1] - 1)",
    "ptp": "lambda a: max(a) - min(a)",
    "linear": "lambda a, weight, bias=0: a @ weight.T + bias",
    "vecdot": "lambda a, b: sum(a * b, axis=-1)",
    "matrix_norm": "lambda a: norm(a)",
    "addmm": "lambda c, a, b: c + a @ b",
    "mse_loss": "lambda a, target, reduction='mean': reduced((a - target)**2, reduction)",
    "l1_loss": "lambda a, target, reduction='mean': reduced(abs(a - target), reduction)",
    "huber_loss": "lambda a, target, reduction='mean', delta=1: reduced("
    "where(abs(a - target) <= delta, (a - target)**2 / 2,"
    " delta * (abs(a - target) - delta / 2)), reduction)",
    "smooth_l1_loss": "lambda a, target, reduction='mean', beta=1: reduced("
    "where(abs(a - target) < beta, (a - target)**2 / (2 * beta),"
    " abs(a - target) - beta / 2), reduction)",
    "binary_cross_entropy": "lambda a, target, reduction='mean': reduced("
    "-(target * log(a) + (1 - target) * log(1 - a)), reduction)",
    "binary_cross_entropy_with_logits": "lambda a, target, reduction='mean': reduced("
    "softplus(a) - target * a, reduction)",
    "sigmoid_binary_cross_entropy": "lambda a, b: softplus(a) - b * a",
    "soft_margin_loss": "lambda a, target, reduction='mean': reduced("
    "log(1 + exp(-target * a)), reduction)",
    "softmax_cross_entropy": "lambda a, b: -sum(b * log_softmax(a, axis=-1), axis=-1)",
    "normalize": "lambda a, p=2, axis=1: a / norm(a, p, axis, True)",
    "layer_norm": "lambda a, shape, weight=1, bias=0, eps=1e-5:"
    " weight * (a - mean(a, last_axis(shape), True))"
    " / sqrt(var(a, -1, keepdims=True) + eps) + bias",
    "rms_norm": "lambda a, shape, weight=1, eps=0:"
    " weight * a / sqrt(mean(a**2, last_axis(shape), True) + eps)",
    "embedding": "lambda a, weight: weight[a]",
    "norm_logpdf": "lambda a, loc=0, scale=1:"
    " -((a - loc) / scale)**2 / 2 - log(scale) - log(2 * pi) / 2",
    "norm_pdf": "lambda a, loc=0, scale=1:"
    " exp(-((a - loc) / scale)**2 / 2) / (scale * sqrt(2 * pi))",
    "norm_cdf": "lambda a, loc=0, scale=1: ndtr((a - loc) / scale)",
    "pairwise_distance": "lambda a, b, p=2, eps=1e-6: norm(a - b + eps, p, -1)",
    "cosine_similarity": "lambda a, b, axis=-1: sum(a * b, axis=axis)"
    " / (norm(a, axis=axis) * norm(b, axis=axis))",
    "scaled_dot_product_attention": "lambda query, key, value:"
    " softmax(query @ swapaxes(key, -2, -1) / sqrt(query.shape[-1]), axis=-1) @ value",
}


def reduced(at: Place, a: Value, reduction: Value) -> Array:
    """What a loss makes of its entries."""
    if reduction == "none":
        return at.array(a)
    if reduction not in ("mean", "sum"):
        at.refuse("the reduction of a loss is 'mean', 'sum' or 'none'")
    return reductions.reduced(at, reduction, at.array(a), None, keepdims=False)


def last_axis(at: Place, a: Value) -> Array:
    """The axis of a layer that is told by the sizes of what it normalizes: the last one alone."""
    if isinstance(a, tuple) and len(a) != 1:
        at.refuse("a layer over more than one axis is not read", "the formula: mean, var")
    return Array(whole_number(-1, at.span), 0)


def nll_loss(at: Place, a: Value, target: Value, reduction: Value = "mean") -> Array:
    """The loss of logarithms of probabilities by the classes of the rows."""
    picked = matrices.picked(at, at.array(a, 2), at.array(target, 1))
    return reduced(at, elementwise.negative(at, picked), reduction)


def cross_entropy(at: Place, a: Value, target: Value, reduction: Value = "mean") -> Array:
    """The loss of scores by the classes of the rows, or by their probabilities."""
    scores = at.array(a)
    logs = reductions.along_rows(at, "logsoftmax", scores, scores.axes - 1)
    if isinstance(target, Counting):
        picked = matrices.diagonal(at, logs)
        return reduced(at, elementwise.negative(at, picked), reduction)
    classes = at.array(target)
    if classes.axes == scores.axes:
        products = operators.multiplied(at, classes, logs)
        last = Array(whole_number(-1, at.span), 0)
        rows = reductions.reduced(at, "sum", products, last, keepdims=False)
        return reduced(at, elementwise.negative(at, rows), reduction)
    return nll_loss(at, logs, classes, reduction)


def kl_div(at: Place, a: Value, b: Value) -> Array:
    """The terms of a relative entropy, as SciPy has them; PyTorch takes a logarithm first."""
    if at.library == "torch":
        at.refuse("kl_div of torch takes logarithms, which is not read", "the formula")
    first, second = at.array(a), at.array(b)
    logarithm = operators.entrywise(at, "log", operators.divided(at, first, second))
    less = operators.added(at, operators.multiplied(at, first, logarithm), first, subtract=True)
    return operators.added(at, less, second)


FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "reduced": reduced,
    "kl_div": kl_div,
    "last_axis": last_axis,
    "nll_loss": nll_loss,
    "cross_entropy": cross_entropy,
}
