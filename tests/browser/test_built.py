"""The page without a server in a browser: it starts, derives, checks, and asks nobody."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from threading import Thread
from typing import Any

import pytest
from browser.driving import PATIENCE, Page, chromium, missing

from dimderiv.surfaces.page import build_folder, build_single
from dimderiv.surfaces.page.build_pyodide import pyodide_files
from dimderiv.surfaces.page.reply import reply

REASON = missing() or ("npm cannot be found" if shutil.which("npm") is None else "")
pytestmark = pytest.mark.skipif(bool(REASON), reason=REASON)

# What a course asks: losses, layers, attention, convolution, densities, Hessians.
COURSE: list[dict[str, Any]] = [
    {"expr": "||X w - y||^2", "wrt": "w"},
    {"expr": "||X w - y||^2 + c ||w||^2", "wrt": "w"},
    {"expr": "||X W + 1 b' - Y||^2", "wrt": "W,b"},
    {"expr": "mean(-logsoftmax(X W)[i, y[i]])", "wrt": "W", "shapes": "y: N labels C"},
    {"expr": "softmax(W x)", "wrt": "x"},
    {"expr": "sum(relu(X W1) W2)", "wrt": "W1,W2"},
    {"expr": "||relu(X W1 + 1 b') W2 - Y||^2", "wrt": "W1,b,W2"},
    {"expr": "||softmax(Q K'/sqrt(d)) V||^2", "wrt": "Q,K,V", "shapes": "Q: n x d"},
    {"expr": "softmax(X A X') X", "wrt": "A", "upstream": "G"},
    {
        "expr": "conv2d(X, K)",
        "wrt": "K",
        "shapes": "X: N x c x h x v; K: o x c x r x s",
        "upstream": "G",
    },
    {"expr": "logdet(S)", "wrt": "S", "shapes": "S: n x n spd"},
    {"expr": "logdet(A'A)", "wrt": "A"},
    {"expr": "tr(A X B)", "wrt": "X"},
    {"expr": "x'A x", "wrt": "x", "order": 2},
    {"expr": "sum(log(1+exp(-y.*(X w))))", "wrt": "w", "order": 2},
    {
        "expr": "-1/2 logdet(S) - 1/2 (x-m)'inv(S)(x-m)",
        "wrt": "S,m",
        "shapes": "S: n x n spd",
    },
    {"expr": "inv(A)", "wrt": "A"},
    {"expr": "exp(-||x-z||^2/(2 s^2))", "wrt": "x"},
    {"expr": "||A - U V'||^2", "wrt": "U,V"},
    {"expr": "(x - mean(x)) / sqrt(var(x) + c)", "wrt": "x", "shapes": "x: n"},
    {"expr": "x / ||x||", "wrt": "x"},
    {"expr": "sum(tanh(W x + b))", "wrt": "W,b"},
    {"expr": r"\|Xw - y\|_2^2 + \lambda \|w\|_1", "wrt": "w"},
    {"expr": "np.sum((X @ w - y)**2)", "wrt": "w"},
    {"expr": "tr(expm(A))", "wrt": "A"},
    {"expr": "-y' log(sigmoid(X w)) - (1-y)' log(1-sigmoid(X w))", "wrt": "w"},
]
# Asks the engine of the page, without its form; and how long that takes.
ASK = """
const [module, question, seconds, done] = arguments;
const { ask } = await import(module);
const start = performance.now();
const reply = await ask(question, seconds ?? undefined);
done([reply, (performance.now() - start) / 1000]);
"""
WATCH = """
const [module, wanted, done] = arguments;
const { watch } = await import(module);
watch((stage) => [wanted, "failed"].includes(stage) && done(stage));
"""
FOLDER, FILE = "./engine.js", "dimderiv/engine.js"


class Quiet(SimpleHTTPRequestHandler):
    """What any web site does, silently."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder on a plain server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def then(page: Page, script: str, *given: Any) -> Any:
    """What a script in the page gives when it is done."""
    return page.driver.execute_async_script(f"(async () => {{ {script} }})()", *given)


def started(page: Page, module: str) -> Page:
    """A page once its engine is there; what an empty browser asks is forgotten."""
    page.driver.get("about:blank")
    page.hosts()
    page.open()
    assert "ready" == then(page, WATCH, module, "ready")
    return page


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page in a folder of it, and beside that the page as one file."""
    pyodide = tmp_path_factory.mktemp("pyodide")
    for name, content in pyodide_files().items():
        (pyodide / name).write_bytes(content)
    folder = tmp_path_factory.mktemp("site")
    build_folder(folder / "a course" / "page", pyodide)
    build_single(folder / "page.html", pyodide)
    return folder


@pytest.fixture(scope="module")
def folder(site: Path) -> Iterator[Page]:
    """The folder in a browser, once the engine is there."""
    with served(site) as address, chromium() as driver:
        yield started(Page(driver, f"{address}a%20course/page/"), FOLDER)


@pytest.fixture(scope="module")
def single(site: Path) -> Iterator[Page]:
    """The file in a browser, opened from disk."""
    with chromium() as driver:
        yield started(Page(driver, (site / "page.html").as_uri()), FILE)


@pytest.mark.parametrize("kind", ["folder", "single"])
def test_a_derivative_is_typed_checked_and_explained(
    kind: str, request: pytest.FixtureRequest
) -> None:
    """As on the local page; the link that reproduces it works from disk too."""
    page: Page = request.getfixturevalue(kind)
    page.write("#expr", "||X w - y||^2")
    page.choose("w")
    page.wait_for_answer(r"2 X^{\top} (X w - y)")

    assert "10" in page.text("#what")
    page.click("#steps summary")
    page.wait_for("#steps-inside", "X is transposed")
    assert page.run("return document.fonts.check('1em KaTeX_Math')")
    assert "#expr=" in page.run("return location.href")
    assert [] == page.complaints()


@pytest.mark.parametrize("kind", ["folder", "single"])
def test_nothing_is_asked_of_anybody_else(kind: str, request: pytest.FixtureRequest) -> None:
    """And could not be, by the policy of the page."""
    page: Page = request.getfixturevalue(kind)
    refused = "try { await fetch('https://example.com/'); done(''); } catch { done('refused'); }"

    assert page.hosts() <= {page.address.split("/")[2]}
    assert "refused" == then(page, f"const [done] = arguments; {refused}")
    page.complaints()


def test_the_browser_says_what_python_says_here(folder: Page) -> None:
    """The same answers, checks and steps in both languages, by another Python."""
    seconds = []
    for number, asked in enumerate(COURSE):
        question = {**asked, "lang": ("en", "zh")[number % 2]}
        found, took = then(folder, ASK, FOLDER, question, None)
        expected = json.loads(reply(json.dumps(question)))
        seconds.append(took)

        assert "error" not in found, found
        for key in ("text", "latex", "steps", "assumptions", "doubts", "notes"):
            assert expected[key] == found[key], question
        for key in ("level", "entries", "points", "remarks"):
            assert expected["check"][key] == found["check"][key], question

    assert median(seconds) < 2, "0.3 s where the machine is free"


def test_one_s_own_answer_is_checked_and_code_is_written(folder: Page) -> None:
    """Code is not run in a browser, and says so."""
    asked = {"expr": "||X w - y||^2", "wrt": "w"}
    verdict, _ = then(folder, ASK, FOLDER, {**asked, "ask": "check", "answer": "X'(Xw-y)"}, None)
    code, _ = then(folder, ASK, FOLDER, {**asked, "ask": "code"}, None)

    assert (False, "factor") == (verdict["right"], verdict["kind"])
    assert "return 2 * ((X @ w - y) @ X)" in code["code"]
    assert code["check"] is None


def test_what_takes_too_long_is_ended_and_the_engine_starts_again(folder: Page) -> None:
    """Nothing else stops Python in a browser; the next question is answered."""
    asked = {"expr": "||X w - y||^2", "wrt": "X"}
    late, _ = then(folder, ASK, FOLDER, asked, 0)
    again, _ = then(folder, ASK, FOLDER, asked, PATIENCE)

    assert "stopped" in late["error"]["message"]
    assert "2 (X w - y) w'" == again["text"]


def test_an_engine_that_does_not_start_says_why(site: Path, tmp_path: Path) -> None:
    """A page without its files is no page that waits for ever."""
    copy = shutil.copytree(site / "a course" / "page", tmp_path / "page")
    (copy / "pyodide" / "pyodide.asm.wasm").unlink()
    with served(copy) as address, chromium() as driver:
        page = Page(driver, address)
        page.open()

        assert "failed" == then(page, WATCH, FOLDER, "ready")
        found, _ = then(page, ASK, FOLDER, {"expr": "x'x", "wrt": "x"}, None)
        assert "pyodide.asm.wasm: 404" in found["error"]["message"]
        page.driver.get((copy / "index.html").as_uri())
        page.wait(lambda: page.one("#asleep"))
        assert "--single" in page.text("#asleep")
