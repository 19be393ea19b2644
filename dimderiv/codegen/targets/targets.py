"""The targets by name."""

from importlib import import_module
from typing import TYPE_CHECKING

from dimderiv.errors import UnknownNameError

if TYPE_CHECKING:
    from dimderiv.codegen.targets.writer import Writer

# The module and the class of each writer: a target that nobody asks for is not imported.
TARGETS = {
    "numpy": "NumpyWriter",
    "jax": "JaxWriter",
    "torch": "TorchWriter",
    "array_api": "ArrayApiWriter",
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
    found: type[Writer] = getattr(
        import_module(f"dimderiv.codegen.targets.{target}"), TARGETS[target]
    )
    return found
