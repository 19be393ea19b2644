"""Throw random requests at the local server of the page: each is answered, soon, and harmlessly.

    python tests/fuzz_page.py --count 10000 --seed 1

A request depends only on the seed and its number; `--start` goes on where another run ended.
"""

import argparse
import json
import re
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from fuzz import made as made_input  # noqa: E402  found only on this path when run as a script

from dimderiv.surfaces.page import Server  # noqa: E402
from dimderiv.surfaces.page.server import files  # noqa: E402

SECONDS = 60.0
EVIL = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</li></ol><svg onload=alert(1)>",
    "x & <b>y</b> &amp;",
    r"\href{javascript:alert(1)}{x}",
    r"\(\href{javascript:alert(1)}{x}\)",
    "__import__('os').system('touch hit')",
    "np.sum(__import__('os').system('touch hit') * x)",
    "def f(x):\n    open('hit', 'w')\n    return x",
    "{x.__class__.__mro__}",
    "\x00\ud800\u202e\u2028",
    "../../etc/passwd",
)
TAGS: Mapping[str, set[str]] = {
    "p": set(),
    "ol": set(),
    "li": {"value"},
    "svg": {"xmlns", "class", "role", "viewbox", "width", "height", "style"},
    "title": set(),
    "g": {"fill", "font-family", "font-size", "text-anchor", "stroke-width"},
    "rect": {"x", "y", "width", "height", "fill", "fill-opacity"}
    | {"stroke", "stroke-width", "stroke-dasharray"},
    "path": {"d", "stroke", "stroke-width", "stroke-dasharray", "fill"},
    "text": {"x", "y", "fill", "font-size", "font-weight", "font-style", "text-anchor"},
    "tspan": {"fill", "dy", "dx", "font-size", "font-style"},
}
STATUS = {200, 400, 403, 404, 411, 413, 414, 415, 431, 501, 505}


@dataclass(frozen=True)
class Sent:
    """A request, and what has to come of it.

    Attributes:
        kind: which generator made it.
        data: its bytes.
        status: the status that it must have; any where it is 0.
    """

    kind: str
    data: bytes
    status: int = 0


def post(body: bytes, port: int, *lines: str, host: str = "") -> bytes:
    """A request with a question."""
    head = [f"POST /reply HTTP/1.1\r\nHost: {host or f'127.0.0.1:{port}'}", *lines]
    if not any(line.startswith("Content-Type") for line in lines):
        head.append("Content-Type: application/json")
    head.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*head, "", ""]).encode("latin-1", "replace") + body


def question(random: Random) -> dict[str, Any]:
    """A question about an input of the other fuzz, or about something evil."""
    given = asdict(made_input(random.randrange(10**6), random.randrange(10**6)))
    shapes = given["shapes"] or ""
    if not isinstance(shapes, str):
        shapes = "; ".join(f"{name}: {shape}" for name, shape in shapes.items())
    asked = {
        "ask": random.choice(("derive", "derive", "derive", "symbols", "code", "check")),
        "expr": given["source"][:19_000],
        "wrt": given["wrt"],
        "shapes": shapes,
        "order": given["order"],
        "upstream": given["upstream"] or "",
        "layout": given["layout"],
        "structured": given["structured"],
        "lang": random.choice(("en", "en", "zh")),
        "answer": random.choice(("2 x", "A x", given["source"][:500])),
        "target": random.choice(("numpy", "jax", "torch", "array_api", "fortran")),
        "source": random.choice(("", "", "", "", "latex", "numpy", "dimderiv", "xml")),
    }
    if random.random() < 0.3:
        asked[random.choice(list(asked))] = random.choice(EVIL)
    if random.random() < 0.2:
        middle = random.choice(EVIL)
        at = random.randint(0, len(asked["expr"]))
        asked["expr"] = asked["expr"][:at] + middle + asked["expr"][at:]
    return asked


def asked_well(random: Random, port: int) -> Sent:
    """A question of the right form."""
    return Sent("question", post(json.dumps(question(random)).encode(), port), 200)


def asked_badly(random: Random, port: int) -> Sent:
    """A question of a wrong form: other types and keys, cut, doubled, no JSON."""
    asked = question(random)
    for _ in range(random.choice((1, 1, 3))):
        key = random.choice([*asked, "__class__", "", "x" * 500])
        asked[key] = random.choice((None, True, 1e308, -1, [], {"a": []}, "x", "9" * 400, 10**30))
    text = json.dumps(asked)
    at, to = sorted(random.randint(0, len(text)) for _ in range(2))
    text = random.choice(
        (text, text[:at], text[at:], text[:at] + text[to:], f"[{text}]", "[" * 50_000, text * 2)
    )
    body = random.choice((text.encode(), text.encode("utf-16"), random.randbytes(to)))
    return Sent("no question", post(body, port), 200)


def from_elsewhere(random: Random, port: int) -> Sent:
    """A request that means another host, comes from another page, or has another type."""
    body = json.dumps({"expr": "A x", "wrt": "x"}).encode()
    hosts = ("evil.example", f"evil.example:{port}", "127.0.0.1", "localhost:80", "[::1]", "0")
    if random.random() < 0.4:
        return Sent("host", post(body, port, host=random.choice(hosts)), 403)
    if random.random() < 0.5:
        origin = random.choice(("http://evil.example", "null", f"https://127.0.0.1:{port}", ""))
        return Sent("origin", post(body, port, f"Origin: {origin}"), 403)
    kind = random.choice(("text/plain", "multipart/form-data; boundary=x", "application/json2"))
    return Sent("type", post(body, port, f"Content-Type: {kind}"), 415)


def got(random: Random, port: int) -> Sent:
    """A path that is there, and many that are not."""
    known = random.choice(list(files()))
    odd = [f"{known}/", f"/..{known}", f"/%2e%2e{known}", f"http://127.0.0.1:{port}{known}"]
    odd += ["/reply", "/../asked.py", "/site", "//etc/passwd", "/\x01\xff", "*", "/" + "a" * 9000]
    path = random.choice([known, f"/{known}", f"{known}?{random.random()}", *odd])
    is_known = re.sub("^/+", "/", path).partition("?")[0] in files()
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
    return Sent("path", head.encode("latin-1"), 200 if is_known else 404)


def garbled(random: Random, port: int) -> Sent:
    """Bytes that are hardly a request."""
    data = bytearray(post(b'{"expr": "A x", "wrt": "x"}', port))
    for _ in range(random.choice((1, 3, 10))):
        at = random.randrange(len(data) + 1)
        pieces = [b"", b"\r\n", b"\0", b": ", b"\xff", b"GET ", random.randbytes(5), b"A" * 70_000]
        pieces += [b"Transfer-Encoding: chunked\r\n", b"Content-Length: -5\r\n", b"Host: evil\r\n"]
        data[at : at + random.choice((0, 0, 1, 20))] = random.choice(pieces)
    return Sent("garbled", bytes(data[: random.choice((len(data), len(data) // 2))]))


KINDS: Sequence[tuple[int, Callable[[Random, int], Sent]]] = (
    (11, asked_well),
    (3, asked_badly),
    (2, from_elsewhere),
    (2, got),
    (2, garbled),
)


def made(seed: int, number: int, port: int) -> Sent:
    """The request of a number."""
    random = Random(f"{seed}:{number}")
    kinds = [kind for weight, kind in KINDS for _ in range(weight)]
    return random.choice(kinds)(random, port)


class Tags(HTMLParser):
    """The tags and attributes of a text that nobody who typed it could have put there."""

    def __init__(self) -> None:
        super().__init__()
        self.strange: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS or not TAGS[tag].issuperset(name for name, _ in attrs):
            self.strange.append(f"{tag} {attrs}")

    def handle_comment(self, data: str) -> None:
        self.strange.append(data)


def fault(sent: Sent, answer: bytes) -> str:
    """What is wrong with an answer; nothing where nothing is."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head:
        return "" if sent.kind == "garbled" else "no answer"
    status = int(head.split(b" ")[1])
    if status not in STATUS or sent.status not in (0, status):
        return f"status {status}, not {sent.status}"
    if b"Traceback" in answer or b"nosniff" not in head or b"Access-Control" in head:
        return "a traceback, or other headers"
    if b"application/json" not in head:
        return ""
    found = json.loads(body)
    if "mistake" in (found.get("error") or {}).get("message", ""):
        return str(found["error"]["message"])
    tags = Tags()
    tags.feed(found.get("steps", "") + "".join(found.get("pictures", {}).values()))
    return f"unescaped: {tags.strange[:2]}" if tags.strange else ""


def answered(port: int, data: bytes) -> bytes:
    """All that the server sends back."""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as client:
        try:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: client.recv(1 << 20), b""))
        except OSError:  # the server has refused before it read all
            return b""


@contextmanager
def served() -> Iterator[int]:
    """The port of a server."""
    with Server() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def watched() -> Iterator[list[str]]:
    """What is run or written meanwhile; it ought to stay empty."""
    seen: list[str] = []
    is_on = True

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if not is_on:
            return
        is_writing = event == "open" and isinstance(arguments[1], str) and "r" not in arguments[1]
        if is_writing or event in ("os.system", "subprocess.Popen", "os.exec", "os.remove"):
            seen.append(f"{event} {arguments}")

    sys.addaudithook(hook)
    try:
        yield seen
    finally:
        is_on = False


def tried(seed: int, numbers: Sequence[int]) -> list[tuple[int, str, float, str]]:
    """Number, kind, seconds and fault of requests, one after another."""
    found = []
    with served() as port, watched() as seen:
        for number in numbers:
            sent = made(seed, number, port)
            start = time.perf_counter()
            try:
                wrong = fault(sent, answered(port, sent.data))
            except (OSError, ValueError) as error:
                wrong = f"{type(error).__name__}: {error}"
            wrong = wrong or "; ".join(seen)
            seen.clear()
            found.append((number, sent.kind, time.perf_counter() - start, wrong))
    return found


def main() -> int:
    """Run from the command line; the exit status is 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=int, default=0)
    options = parser.parse_args()
    found = tried(options.seed, range(options.start, options.start + options.count))
    for kind, number in Counter(each[1] for each in found).most_common():
        print(f"{number:8} {kind}")
    for number, kind, seconds, _ in sorted(found, key=lambda each: -each[2])[:5]:
        print(f"{seconds:8.2f} s  {kind} {number}")
    failed = [each for each in found if each[3]]
    for number, kind, _, wrong in failed:
        print(f"FAILED {kind} --seed {options.seed} --start {number} --count 1: {wrong}")
    print(f"{len(found)} requests, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
