"""Loops over blocks of rows, where these pay."""

from dimderiv.codegen.blocks.blocks import Blocking, is_of_input
from dimderiv.codegen.blocks.choice import Choice, best_blocking

__all__ = [
    "Blocking",
    "Choice",
    "best_blocking",
    "is_of_input",
]
