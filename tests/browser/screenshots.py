"""Write the pictures of the page that docs/page.md shows, from the page as it is.

python -m tests.browser.screenshots
"""

import base64
from collections.abc import Mapping
from pathlib import Path
from threading import Thread
from typing import NamedTuple
from urllib.parse import urlencode

from dimderiv.surfaces.page import Server

from .driving import Page, chromium

FOLDER = Path(__file__).parent.parent.parent / "docs" / "pictures"
# A picture is as high as its page, but no higher than this.
HIGHEST = 2600


class Picture(NamedTuple):
    """A picture: how wide, in which colours, of what, and what is unfolded."""

    width: int
    dark: bool
    asked: Mapping[str, str]
    unfolded: tuple[str, ...] = ()


LAYER = {
    "expr": "S = X W + b\nL = cross_entropy(S, Y)",
    "wrt": "W,b",
    "shapes": "X: N x d; b: 1 x c",
}
PICTURES = {
    "page_1280": Picture(1280, False, {"expr": "||Xw - y||^2", "wrt": "w"}, ("steps",)),
    "page_390": Picture(390, False, LAYER),
    "page_390_dark_zh": Picture(390, True, {**LAYER, "lang": "zh"}),
}


def shot(page: Page, picture: Picture) -> bytes:
    """A picture of the page as PNG."""
    page.media(dark=picture.dark)
    page.resize(picture.width)
    page.open(f"#{urlencode(picture.asked)}")
    page.one("#result")
    for name in picture.unfolded:
        page.click(f"#{name} summary")
    # Until all fonts are there, and nothing is awaited.
    page.driver.execute_async_script("document.fonts.ready.then(() => arguments[0]())")
    page.wait(lambda: not page.text("#status"))
    height = min(int(page.run("return document.documentElement.scrollHeight")), HIGHEST)
    page.resize(picture.width, height)
    found = page.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    return base64.b64decode(found["data"])


def main() -> None:
    """Write all pictures."""
    FOLDER.mkdir(exist_ok=True)
    with Server() as server, chromium() as driver:
        Thread(target=server.serve_forever, daemon=True).start()
        for name, picture in PICTURES.items():
            FOLDER.joinpath(f"{name}.png").write_bytes(shot(Page(driver, server.address), picture))
        server.shutdown()


if __name__ == "__main__":
    main()
