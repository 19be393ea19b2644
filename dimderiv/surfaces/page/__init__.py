"""One page for the browser, and the one function that answers what it asks."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late
from dimderiv.surfaces.page.reply import reply

if TYPE_CHECKING:
    from dimderiv.surfaces.page.server import Server
else:
    # Where the page is built there is none.
    __getattr__ = late(__name__, server="Server")

__all__ = ["Server", "reply"]
