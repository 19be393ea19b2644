"""What people touch: the command line, notebooks, the verdict on an answer of one's own."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.surfaces.cli import main
    from dimderiv.surfaces.grading import KINDS, Verdict, check
    from dimderiv.surfaces.notebook import load_ipython_extension
else:
    __getattr__ = late(
        __name__,
        cli="main",
        grading="KINDS Verdict check",
        notebook="load_ipython_extension",
    )

__all__ = ["KINDS", "Verdict", "check", "load_ipython_extension", "main"]
