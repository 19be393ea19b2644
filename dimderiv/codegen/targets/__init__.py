"""How each library spells the operations."""

from importlib import import_module
from typing import TYPE_CHECKING

from dimderiv.errors import UnknownNameError
from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.codegen.targets.arguments import Arguments, LateArguments
    from dimderiv.codegen.targets.declared import called_functions, described
    from dimderiv.codegen.targets.helper_texts import helper_functions, helper_source
    from dimderiv.codegen.targets.identifiers import Identifiers, as_given, python_name
    from dimderiv.codegen.targets.layers import LayerText
    from dimderiv.codegen.targets.numpy import NumpyWriter
    from dimderiv.codegen.targets.text import (
        ATOM,
        PRODUCT,
        SIGN,
        Text,
        commented,
        indented,
        listed,
        words_in,
    )
    from dimderiv.codegen.targets.writer import Writer
else:
    # Whoever asks which targets there are does not wait for them.
    __getattr__ = late(
        __name__,
        arguments="Arguments LateArguments",
        declared="called_functions described",
        helper_texts="helper_functions helper_source",
        identifiers="Identifiers as_given python_name",
        layers="LayerText",
        numpy="NumpyWriter",
        text="ATOM PRODUCT SIGN Text commented indented listed words_in",
        writer="Writer",
    )

__all__ = [
    "ATOM",
    "PRODUCT",
    "SIGN",
    "TARGETS",
    "Arguments",
    "Identifiers",
    "LateArguments",
    "LayerText",
    "NumpyWriter",
    "Text",
    "Writer",
    "as_given",
    "called_functions",
    "commented",
    "described",
    "helper_functions",
    "helper_source",
    "indented",
    "listed",
    "python_name",
    "words_in",
    "writer_of",
]

# The writer of each target: one that nobody asks for is not imported.
TARGETS = {
    "numpy": "dimderiv.codegen.targets.numpy.NumpyWriter",
    "jax": "dimderiv.codegen.targets.jax.JaxWriter",
    "torch": "dimderiv.codegen.targets.torch.TorchWriter",
    "array_api": "dimderiv.codegen.targets.array_api.ArrayApiWriter",
}


def writer_of(target: str) -> "type[Writer]":
    """The writer of a target.

    Args:
        target: its name.

    Raises:
        UnknownNameError: there is no such target.
    """
    if target not in TARGETS:
        raise UnknownNameError(
            f"there is no code target {target!r}", hint=f"one of {', '.join(TARGETS)}"
        )
    module, _, name = TARGETS[target].rpartition(".")
    found: type[Writer] = getattr(import_module(module), name)
    return found
