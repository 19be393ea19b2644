"""jax as a target: what it spells in another way than numpy.

The code can be traced: nothing is overwritten, and what is decided is decided by shapes.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from dimderiv.codegen.plan import Operation, details, is_of_numbers
from dimderiv.codegen.targets.helper_arguments import row_index
from dimderiv.codegen.targets.layers import LayerText
from dimderiv.codegen.targets.numpy_like import NumpyLikeWriter
from dimderiv.codegen.targets.text import ATOM, SIGN, SUM, Text, commented, indented, joined, listed

# Whole numbers from here on do not fit into the 32 bits that jax gives them.
TOO_LARGE = 2**31
OF_EXPONENTIALS = {"softmax": "softmax", "logsoftmax": "log_softmax", "logsumexp": "logsumexp"}
GROWING = frozenset({"*", "square", "power"})
# The names that a layer has besides those of its arguments.
FORWARD, BACKWARD, WHOLE, KEPT = "forward", "backward", "with_backward", "kept"


class JaxWriter(NumpyLikeWriter):
    """Writes operations in jax."""

    target = "jax"
    imports = "import jax\nimport jax.numpy as jnp"
    module = "jnp"
    helper_file = "jax_helpers.py"
    labels = "jnp.asarray({}, int)"
    layer_words = (FORWARD, BACKWARD, WHOLE, KEPT, "sizes")
    calls: ClassVar[Mapping[str, str]] = {
        **NumpyLikeWriter.calls,
        "chol": "jnp.linalg.cholesky({})",
        "lower": "{}",
        "cholesky": "jnp.linalg.cholesky({})",
        "lu": "jax.scipy.linalg.lu_factor({})",
        "expm": "jax.scipy.linalg.expm({})",
        "windows": "{helper.windows}({}, {op.window}, {op.detail.axes})",
    }

    def layer(self, text: LayerText) -> list[str]:
        """A function with a derivative of its own."""
        given, functions = ", ".join([*text.arrays, *text.functions]), text.functions
        kept, unpacked = list(text.kept), list(text.kept)
        if text.facts:
            # Numbers that are kept become arrays under a trace, and a shape does not.
            kept.append(f"jnp.zeros(({', '.join(text.facts)}, 0))")
            unpacked.append("sizes")
        places = tuple(len(text.arrays) + k for k in range(len(functions)))
        apart = f", nondiff_argnums={places}" * bool(functions)
        whole = f"lambda {given}: {FORWARD}({given})[0]"
        handed = ", ".join([*functions, KEPT, text.upstream])
        forward = [*text.forward, f"return {text.value}, ({listed(kept)})"]
        backward = [
            *([f"{listed(unpacked)} = {KEPT}"] if unpacked else []),
            *([f"{', '.join(text.facts)}, _ = sizes.shape"] if text.facts else []),
            *text.reads,
            *text.backward,
            f"return ({listed(text.cotangents)})",
        ]
        arrays = f"*{self.helper('floats')}({', '.join(text.arrays)})"
        return [
            f"def {FORWARD}({given}):",
            *indented(['"""The value, and what `backward` needs."""', *forward]),
            *["", "", f"def {BACKWARD}({handed}):"],
            *indented([f'"""{text.told}"""', *backward]),
            *["", "", f"{WHOLE} = jax.custom_vjp({whole}{apart})"],
            f"{WHOLE}.defvjp({FORWARD}, {BACKWARD})",
            *["", "", f"def {text.name}({given}):"],
            *indented([*text.docstring, f"return {WHOLE}({', '.join([arrays, *functions])})"]),
        ]

    def written(self, op: Operation, parts: Sequence[Text]) -> Text:
        """An operation as an expression, in which no whole number is too large for jax."""
        match op.detail:
            case details.Exact(value) if value.denominator == 1 and abs(value) >= TOO_LARGE:
                return Text(repr(float(value)), SIGN if value < 0 else ATOM)
            case details.Length(dim) if not self.size(dim).text.isidentifier():
                return Text(f"float({self.size(dim)})")
            case details.Entrywise(function) if function in GROWING and is_of_numbers(op):
                parts = [_as_float(parts[0], op.arguments[0]), *parts[1:]]
        return super().written(op, parts)

    def spelled(self, op: Operation, parts: Sequence[Text]) -> Text:
        """An operation as jax spells it."""
        if op.kind in OF_EXPONENTIALS:
            assert isinstance(op.detail, details.Along)
            (axes,) = op.detail
            is_usual = axes in {(), (op.rank - 1,)} and op.kind != "logsumexp"
            axis = f", axis={axes[0]}" if axes and not is_usual else ""
            return Text(f"jax.nn.{OF_EXPONENTIALS[op.kind]}({parts[0]}{axis})")
        if op.kind == "inner":
            return Text(f"{joined('*', *parts).atom}.sum()")
        return super().spelled(op, parts)

    def scattered(self, variable: str, base: Text | None, op: Operation, part: Text) -> list[str]:
        """The line that puts values on a diagonal, or adds them to what is there."""
        text, is_negative = part.text, False
        if base and op.arguments[-1].kind in {"map", "number"} and part.level > SUM:
            is_negative = text.startswith("-")
            part = Text(text.removeprefix("-"), part.level)
        values = self._on_diagonal(op, part)
        if base:
            values = joined("-" if is_negative else "+", base, values)
        return [commented(f"{variable} = {values}", op.dims)]

    def inlaid(self, variable: str, base: Text | None, op: Operation, part: Text) -> list[str]:
        """The line that puts values into a part of an array, or adds them to what is there."""
        assert isinstance(op.detail, details.Inlaid)
        before = base.atom if base else f"jnp.zeros({self.shape(op.dims)}, {self.dtype})"
        place, method = self.part(op, op.detail.parts), "set" if op.detail.is_empty else "add"
        return [commented(f"{variable} = {before}.at[{place}].{method}({part})", op.dims)]

    def put(self, variable: str, op: Operation, texts: Sequence[Text]) -> list[str]:
        """The line that adds an entry to each row of an array."""
        base, part, labels = texts
        place = f"{row_index(self, op)}{labels}"
        return [commented(f"{variable} = {base.atom}.at[{place}].add({part})", op.dims)]

    def constant(self, text: str) -> str:
        """A number of jax."""
        return f"jnp.asarray({text}, {self.dtype})"

    def _on_diagonal(self, op: Operation, part: Text) -> Text:
        """An array with values on a diagonal, which is fused with what it is added to."""
        if op.rank == 2:
            return self.diagonal_matrix(op, part)
        assert isinstance(op.detail, details.Pattern)
        given = f"{part}, {op.detail.letters}, ({self.sizes(op.dims)}), {self.dtype}"
        return Text(f"{self.helper('on_diagonal')}({given})")


def _as_float(part: Text, op: Operation) -> Text:
    """The size of an axis as a number whose products and powers may be large."""
    is_name = op.kind == "size" and part.text.isidentifier()
    return Text(f"float({part.text})") if is_name else part
