"""A browser that is driven: Chromium without a window, and with nothing but the page to talk to."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selenium.webdriver.chrome.webdriver import WebDriver

# Seconds; a busy machine may take long, and whoever waits for a condition waits no longer than it.
PATIENCE = 60.0
OPTIONS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-dev-shm-usage "
    "--disable-background-networking --disable-component-update --disable-sync "
    "--disable-extensions --hide-scrollbars --lang=en"
)

SEEN = (
    "return [...document.querySelectorAll(arguments[0])]"
    ".find(each => each.checkVisibility()) ?? null"
)


def missing() -> str:
    """Why there can be no browser; nothing where there can be one."""
    if find_spec("selenium") is None:
        return 'selenium is not installed: pip install ".[browser]"'
    programs = ("chromium", "chromedriver")
    lacking = [program for program in programs if shutil.which(program) is None]
    return f"{' and '.join(lacking)} cannot be found" if lacking else ""


@contextmanager
def chromium(*more: str) -> Iterator["WebDriver"]:
    """A browser with a profile of its own, which is ended in any case.

    Args:
        more: options beside the usual ones.
    """
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium") or ""
        for option in (*OPTIONS.split(), f"--user-data-dir={profile}", *more):
            options.add_argument(option)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        driver = webdriver.Chrome(options, Service(shutil.which("chromedriver")))
        try:
            driver.set_script_timeout(PATIENCE)
            yield driver
        finally:
            driver.quit()


class Page:
    """The page in a browser, as a person meets it.

    Args:
        driver: the browser.
        address: where the page is.
    """

    def __init__(self, driver: "WebDriver", address: str) -> None:
        self.driver, self.address = driver, address

    def open(self, fragment: str = "") -> None:
        """Open the page anew, with what a link asks."""
        self.driver.get("about:blank")
        self.driver.get(self.address + fragment)
        self.wait(lambda: self.all("#examples option"))

    def all(self, selector: str) -> list[Any]:
        """The elements that a CSS selector means."""
        return list(self.driver.find_elements("css selector", selector))

    def one(self, selector: str) -> Any:
        """The element that a CSS selector means, once it can be seen."""
        return self.wait(lambda: self.run(SEEN, selector), selector)

    def text(self, selector: str) -> str:
        """The text of an element, seen or folded."""
        return str(self.run("return document.querySelector(arguments[0]).textContent", selector))

    def value(self, selector: str) -> str:
        """What a field holds."""
        return str(self.run("return document.querySelector(arguments[0]).value", selector))

    def run(self, script: str, *given: Any) -> Any:
        """What a script in the page returns."""
        return self.driver.execute_script(script, *given)

    def wait(self, condition: Callable[[], Any], what: str = "") -> Any:
        """What a condition gives, once it gives something."""
        from selenium.common.exceptions import StaleElementReferenceException
        from selenium.webdriver.support.wait import WebDriverWait

        waiting = WebDriverWait(
            self.driver, PATIENCE, 0.05, ignored_exceptions=[StaleElementReferenceException]
        )
        return waiting.until(lambda _: condition(), what)

    def wait_for(self, selector: str, text: str) -> None:
        """Wait until a text stands in an element."""
        self.wait(lambda: text in self.text(selector), f"{selector}: {text}")

    def write(self, selector: str, text: str) -> None:
        """Type into a field what it is to hold, in place of what it holds."""
        from selenium.webdriver.common.keys import Keys

        self.one(selector).send_keys(Keys.CONTROL, "a", Keys.NULL, Keys.BACKSPACE, text)

    def click(self, selector: str) -> None:
        """Click on an element."""
        self.one(selector).click()

    def choose(self, name: str) -> None:
        """Choose a variable, once it is offered."""
        self.wait(lambda: self.all(f"#symbols input[value='{name}']"), name)
        self.run("document.querySelector(arguments[0]).click()", f"#symbols input[value='{name}']")

    def answer(self) -> str:
        """The LaTeX of the answer that is shown."""
        return self.text("#answer annotation")

    def wait_for_answer(self, latex: str) -> None:
        """Wait until an answer is shown in which some LaTeX stands."""
        self.one("#result")
        self.wait_for("#answer annotation", latex)

    def complaints(self) -> list[str]:
        """What the browser has said on its console since this was asked last."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def hosts(self) -> set[str]:
        """The hosts that anything was asked of since this was asked last."""
        import json
        from urllib.parse import urlsplit

        found = set()
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                address = urlsplit(message["params"]["request"]["url"])
                if address.scheme not in ("data", "about", "blob"):
                    found.add(address.netloc)
        return found

    def media(self, *, dark: bool = False) -> None:
        """Make the system dark, or light."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})

    def resize(self, width: int, height: int = 900) -> None:
        """Make the window as wide as a screen or a phone."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def keys(self, *keys: str) -> None:
        """Press keys, whatever has the focus."""
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self.driver).send_keys(*keys).perform()

    def focus(self) -> str:
        """The id of what has the focus."""
        return str(self.run("return document.activeElement.id"))


def widest(page: Page) -> Sequence[int]:
    """How wide the page is, and how wide its window."""
    script = "return [document.documentElement.scrollWidth, window.innerWidth]"
    return list(map(int, page.run(script)))
