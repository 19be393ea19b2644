"""Words that may follow a shape, such as `symmetric`, and which shapes and words they suit."""

from collections.abc import Collection

from dimderiv.language.shapes import Shape

NEEDS_SQUARE = ("symmetric", "spd", "psd", "diagonal", "orthogonal", "lower", "upper", "skew")
# What is said of each entry by itself, in an array with any number of axes.
OF_ENTRIES = ("positive", "nonnegative", "binary")
OF_ONE_SIGN = frozenset({"positive", "nonnegative"})
PROPERTIES = (*NEEDS_SQUARE, *OF_ENTRIES, "onehot", "probability", "integer")
# What may be said of entries that are 0 or 1 besides.
_BESIDE_BINARY = frozenset({"binary", "symmetric", "diagonal", "lower", "upper"})


def misfit(name: str, shape: Shape, word: str, others: Collection[str]) -> tuple[str, str] | None:
    """Why a symbol cannot have a property, and what to write instead; nothing where it can.

    Args:
        name: the symbol.
        shape: its shape.
        word: the property.
        others: all that it is said to have.
    """
    if shape.has_more_axes and word not in OF_ENTRIES:
        message = f"only arrays of at most two axes can be {word}: {name} is {shape}"
        return message, f"{name}: {shape}; or one matrix, {name}: {Shape.of(shape[-2:])} {word}"
    if word in NEEDS_SQUARE and shape.rows != shape.cols:
        message = f"only a square matrix can be {word}: {name} is {shape.rows} x {shape.cols}"
        return message, f"{name}: {shape.rows} x {shape.rows} {word}"
    if word == "skew" and shape.is_scalar:
        return f"{name} is a scalar: only 0 is skew", "leave it out"
    if word == "integer" and not shape.is_scalar:
        return f"only a scalar can be integer: {name} is {shape}", f"{name}: integer"
    if "integer" in others and word not in {"integer", "positive"}:
        return f"{name} is integer and {word}, which is not supported", "declare one of them"
    if "binary" in others and word not in _BESIDE_BINARY:
        return f"{name} is binary and {word}, which is not supported", "declare one of them"
    return None
