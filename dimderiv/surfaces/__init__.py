"""What people touch: the command line, and notebooks."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.surfaces.cli import main
    from dimderiv.surfaces.notebook import load_ipython_extension
else:
    __getattr__ = late(__name__, cli="main", notebook="load_ipython_extension")

__all__ = ["load_ipython_extension", "main"]
