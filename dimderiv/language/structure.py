"""The functions without a rule: they put entries in other places, or stand for other formulas."""

from collections.abc import Mapping
from types import MappingProxyType

# Of an expression by a name: derivatives that stand inside of another expression.
DERIVATIVES = frozenset({"grad", "jac", "hess", "div", "laplacian"})
# Those that are the sum over the diagonal of another one.
TRACES = frozenset({"div", "laplacian"})
# What they make has the entries of their argument in other places.
ARRANGING = frozenset({"reshape", "permute", "onehot"})
POOLINGS: Mapping[str, str] = MappingProxyType(
    {"maxpool1d": "max", "maxpool2d": "max", "meanpool1d": "mean", "meanpool2d": "mean"}
)
CONVOLUTIONS = frozenset({"conv1d", "conv2d", "conv_transpose1d", "conv_transpose2d"})
# What the reader makes of them are index statements and blocks.
SPELLED = CONVOLUTIONS.union(POOLINGS, {"einsum", "hcat", "vcat"})
# The names that other languages have for these functions.
OTHER_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "one_hot": "onehot",
        "permute_dims": "permute",
        "horzcat": "hcat",
        "vertcat": "vcat",
        "max_pool1d": "maxpool1d",
        "max_pool2d": "maxpool2d",
        "avg_pool1d": "meanpool1d",
        "avg_pool2d": "meanpool2d",
    }
)
# The numbers of one option of a convolution: one for each axis that slides.
Steps = tuple[int, ...]
Options = Mapping[str, Steps]
# What may stand before an equals sign in a call, beside `axis`.
OPTIONS = frozenset({"stride", "padding", "dilation", "output_padding"})
