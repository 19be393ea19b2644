"""What people touch beside the command: each room inside is one way in or out."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.surfaces.grading import KINDS, Verdict, check
else:
    __getattr__ = late(__name__, grading="KINDS Verdict check")

__all__ = ["KINDS", "Verdict", "check"]
