"""jax as a target: what it spells in another way than numpy.

The code can be traced: nothing is overwritten, and what is decided is decided by shapes.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from dimderiv.codegen.plan import Operation, is_of_numbers
from dimderiv.codegen.targets.jax_layers import WORDS, jax_layer
from dimderiv.codegen.targets.layers import LayerText
from dimderiv.codegen.targets.numpy_like import NumpyLikeWriter
from dimderiv.codegen.targets.text import ATOM, SIGN, SUM, Text, joined

# Whole numbers from here on do not fit into the 32 bits that jax gives them.
TOO_LARGE = 2**31
OF_EXPONENTIALS = {"softmax": "softmax", "logsoftmax": "log_softmax", "logsumexp": "logsumexp"}
GROWING = frozenset({"*", "square", "power"})


class JaxWriter(NumpyLikeWriter):
    """Writes operations in jax."""

    target = "jax"
    imports = "import jax\nimport jax.numpy as jnp"
    module = "jnp"
    helper_file = "jax_helpers.py"
    layer_words = WORDS
    entrywise: ClassVar[Mapping[str, str]] = {
        **NumpyLikeWriter.entrywise,
        **{name: f"jax.nn.{name}({{}})" for name in ("relu", "sigmoid", "softplus", "silu")},
        "gelu": "jax.nn.gelu({}, approximate=False)",
        "erf": "jax.lax.erf({})",
    }
    calls: ClassVar[Mapping[str, str]] = {
        **NumpyLikeWriter.calls,
        "cholesky": "jnp.linalg.cholesky({})",
        "lu": "jax.scipy.linalg.lu_factor({})",
        "expm": "jax.scipy.linalg.expm({})",
    }
    helpers = frozenset(
        {
            *("dexpm", "polar", "eigvec", "gap_pinv"),
            *("conv2", "conv2_full", "overlap_add", "sheared"),
            *("cholesky_solve", "cholesky_inv", "cholesky_logdet", "cholesky_det"),
            *("lu_solve", "lu_inv", "lu_logdet", "lu_det"),
        }
    )

    def layer(self, text: LayerText) -> list[str]:
        """A function with a derivative of its own."""
        return jax_layer(text, self.helper("floats"))

    def written(self, op: Operation, parts: Sequence[Text]) -> Text:
        """An operation as an expression, in which no whole number is too large for jax."""
        match op.kind:
            case "number" if op.detail[0].denominator == 1 and abs(op.detail[0]) >= TOO_LARGE:
                value = float(op.detail[0])
                return Text(repr(value), SIGN if value < 0 else ATOM)
            case "size" if not self.size(op.detail[0]).text.isidentifier():
                return Text(f"float({self.size(op.detail[0]).text})")
            case "map" if op.detail[0] in GROWING and is_of_numbers(op):
                parts = [_as_float(parts[0], op.arguments[0]), *parts[1:]]
        return super().written(op, parts)

    def spelled(self, op: Operation, parts: Sequence[Text]) -> Text:
        """An operation as jax spells it."""
        text = parts[0].text if parts else ""
        match op.kind:
            case "softmax" | "logsoftmax" | "logsumexp":
                is_usual = op.detail in {(), (op.rank - 1,)} and op.kind != "logsumexp"
                axis = f", axis={op.detail[0]}" if op.detail and not is_usual else ""
                return Text(f"jax.nn.{OF_EXPONENTIALS[op.kind]}({text}{axis})")
            case "inner":
                product = joined("*", *parts)
                return Text(f"{product.within(ATOM)}.sum()")
            case "windows":
                window = self.sizes(op.dims[-len(op.detail[0]) :])
                return Text(f"{self.helper('windows')}({text}, ({window},), {op.detail[0]})")
        return super().spelled(op, parts)

    def scattered(
        self, variable: str, base: Text | None, op: Operation, part: Text
    ) -> list[str]:  # fmt: skip
        """The line that puts values on a diagonal, or adds them to what is there."""
        text, is_negative = part.text, False
        if base and op.arguments[-1].kind in {"map", "number"} and part.level > SUM:
            is_negative = text.startswith("-")
            part = Text(text.removeprefix("-"), part.level)
        values = self._on_diagonal(op, part)
        if base:
            values = joined("-" if is_negative else "+", base, values)
        return [f"{variable} = {values.text}  # {' x '.join(map(str, op.dims))}"]

    def constant(self, text: str) -> str:
        """A number of jax."""
        return f"jnp.asarray({text}, {self.dtype})"

    def _on_diagonal(self, op: Operation, part: Text) -> Text:
        """An array with values on a diagonal, which is fused with what it is added to."""
        if op.rank == 2:
            return self.diagonal_matrix(op, part)
        shape = f"({self.sizes(op.dims)})"
        arguments = f"{part.text}, {op.detail[0]}, {shape}, {self.dtype}"
        return Text(f"{self.helper('on_diagonal')}({arguments})")


def _as_float(part: Text, op: Operation) -> Text:
    """The size of an axis as a number whose products and powers may be large."""
    is_name = op.kind == "size" and part.text.isidentifier()
    return Text(f"float({part.text})") if is_name else part
