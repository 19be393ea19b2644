"""A layer of jax: a function with a derivative of its own."""

from dimderiv.codegen.targets.layers import LayerText, listed
from dimderiv.codegen.targets.text import indented

# The names that the code has besides those of its arguments.
FORWARD, BACKWARD, WHOLE, KEPT = "forward", "backward", "with_backward", "kept"
WORDS = (FORWARD, BACKWARD, WHOLE, KEPT, "sizes")


def jax_layer(text: LayerText, floats: str) -> list[str]:
    """The lines of a layer of jax."""
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
    arrays = f"*{floats}({', '.join(text.arrays)})"
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
