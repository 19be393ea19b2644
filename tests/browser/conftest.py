"""The browser and the server that the tests of the page share."""

from collections.abc import Iterator
from threading import Thread

import pytest
from browser.driving import Page, chromium, missing

from dimderiv.surfaces.page import Server


@pytest.fixture(scope="session")
def page() -> Iterator[Page]:
    """The page, served here, in one browser for all tests."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    with Server() as server, chromium() as driver:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield Page(driver, server.address)
        server.shutdown()
