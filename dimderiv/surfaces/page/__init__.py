"""One page for the browser, and the one function that answers what it asks."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.surfaces.page.build import build_folder, build_single
    from dimderiv.surfaces.page.reply import reply
    from dimderiv.surfaces.page.server import Server
else:
    # At once, since its module has the same name; a page that is built has no server.
    from dimderiv.surfaces.page.reply import reply

    __getattr__ = late(__name__, build="build_folder build_single", server="Server")

__all__ = ["Server", "build_folder", "build_single", "reply"]
