"""What people touch: the command line."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.surfaces.cli import main
else:
    __getattr__ = late(__name__, cli="main")

__all__ = ["main"]
