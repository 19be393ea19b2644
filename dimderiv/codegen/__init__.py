"""Code for other systems: from an answer to the source of a function that computes it."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.codegen.functions import Later, function, layer_source, operator_source, source
    from dimderiv.codegen.gradcheck import STYLES, Compared, Tested, attempt, reaching, test_source
    from dimderiv.codegen.targets import TARGETS, NumpyWriter, writer_of
else:
    __getattr__ = late(
        __name__,
        functions="Later function layer_source operator_source source",
        gradcheck="STYLES Compared Tested attempt reaching test_source",
        targets="NumpyWriter TARGETS writer_of",
    )

__all__ = [
    "STYLES",
    "TARGETS",
    "Compared",
    "Later",
    "NumpyWriter",
    "Tested",
    "attempt",
    "function",
    "layer_source",
    "operator_source",
    "reaching",
    "source",
    "test_source",
    "writer_of",
]
