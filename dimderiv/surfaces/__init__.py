"""What people touch: the command line, and the verdict on an answer of one's own."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.surfaces.cli import main
    from dimderiv.surfaces.grading import KINDS, Verdict, check
else:
    __getattr__ = late(__name__, cli="main", grading="KINDS Verdict check")

__all__ = ["KINDS", "Verdict", "check", "main"]
