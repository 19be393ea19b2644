"""A layer of torch: a function of the tape with a backward pass of its own."""

from dimderiv.codegen.targets.layers import LayerText, listed
from dimderiv.codegen.targets.text import indented

CLASS = "Layer"
MODULE = "torch.autograd"
# The names that the code has besides those of its arguments.
WORDS = (CLASS, "ctx", "slopes", "pairs")


def torch_layer(text: LayerText) -> list[str]:
    """The lines of a layer of torch."""
    given = [*text.arrays, *text.functions]
    slopes = [*text.cotangents, *["None"] * len(text.functions)]
    arrays = [name for name in text.kept if name not in text.factors]
    facts = [*text.facts, *text.factors]
    forward = [
        '"""The value; what `backward` needs is kept."""',
        *text.forward,
        f"ctx.save_for_backward({', '.join(arrays)})",
        *([f"ctx.facts = ({listed(facts)})"] if facts else []),
        f"return {text.value}",
    ]
    backward = [
        f'"""{text.told}"""',
        *([f"{listed(arrays)} = ctx.saved_tensors"] if arrays else []),
        *([f"{listed(facts)} = ctx.facts"] if facts else []),
        *text.reads,
        *text.backward,
        f"slopes = ({listed(slopes)})",
        "pairs = zip(slopes, ctx.needs_input_grad, strict=True)",
        "return tuple(slope if wanted else None for slope, wanted in pairs)",
    ]
    methods = [
        "@staticmethod",
        f"def forward({', '.join(['ctx', *given])}):",
        *indented(forward),
        "",
        "@staticmethod",
        f"@{MODULE}.function.once_differentiable",
        f"def backward(ctx, {text.upstream}):",
        *indented(backward),
    ]
    return [
        f"class {CLASS}({MODULE}.Function):",
        *indented(['"""The passes of the layer."""', "", *methods]),
        *["", "", f"def {text.name}({', '.join(given)}):"],
        *indented([*text.docstring, f"return {CLASS}.apply({', '.join(given)})"]),
    ]
