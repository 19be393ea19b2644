"""One page for the browser, and the one function that answers what it asks."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.surfaces.page.build import build_folder, build_single
    from dimderiv.surfaces.page.replies import reply
    from dimderiv.surfaces.page.server import Server
else:
    __getattr__ = late(
        __name__, build="build_folder build_single", replies="reply", server="Server"
    )

__all__ = ["Server", "build_folder", "build_single", "reply"]
