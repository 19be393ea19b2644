"""The local server of the page: bound to this machine alone, and it writes nothing."""

import json
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any

from dimderiv.surfaces.page.reply import reply

HOST = "127.0.0.1"
SITE = Path(__file__).parent / "site"
# The kinds of files that a page consists of.
TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".woff2": "font/woff2",
}
JSON = "application/json"
# Bytes of a question; its texts have limits of their own.
LARGEST = 200_000
# Seconds that a client may let the server wait.
PATIENCE = 10.0
# What a browser may do with the page, wherever it is served.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


@cache
def files() -> Mapping[str, tuple[str, bytes]]:
    """What can be got: the type and the bytes of each file of the page, by its path."""
    found = {
        f"/{file.relative_to(SITE).as_posix()}": (TYPES[file.suffix], file.read_bytes())
        for file in SITE.rglob("*")
        if file.suffix in TYPES
    }
    return {"/": found["/index.html"], **found}


class Server(ThreadingHTTPServer):
    """The server; slow clients wait in threads of their own, questions are answered in turn.

    Args:
        port: the number to listen at; any free one where it is 0.

    Raises:
        OSError: the port is taken.
    """

    daemon_threads = True
    request_queue_size = 64  # a browser opens many connections at once

    def __init__(self, port: int = 0) -> None:
        self.turn = Lock()
        super().__init__((HOST, port), Handler)

    @property
    def address(self) -> str:
        """What to write into a browser."""
        return f"http://{HOST}:{self.server_port}/"

    @property
    def hosts(self) -> set[str]:
        """The names that the browser of this machine has for the server.

        A page of another host whose name leads here sends that name (DNS rebinding).
        """
        return {f"{name}:{self.server_port}" for name in (HOST, "localhost")}

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that has gone."""


class Handler(BaseHTTPRequestHandler):
    """One request: a file of the page, or a question."""

    server: Server
    timeout = PATIENCE
    server_version, sys_version = "dimderiv", ""
    default_request_version = "HTTP/1.0"  # what has none is refused with all headers too

    def do_GET(self) -> None:
        """Send a file of the page."""
        if not self.is_of_this_host():
            return
        kind, content = files().get(self.path.partition("?")[0], ("", b""))
        if kind:
            self.send(HTTPStatus.OK, kind, content)
        else:
            self.refuse(HTTPStatus.NOT_FOUND, "there is no such page")

    def do_POST(self) -> None:
        """Answer a question."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self.refuse(HTTPStatus.LENGTH_REQUIRED, "a question says how long it is")
        elif len(length) > len(str(LARGEST)) or int(length) > LARGEST:
            self.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {LARGEST} bytes")
        else:
            self.answer(self.rfile.read(int(length)))

    def answer(self, question: bytes) -> None:
        """Send the answer to a question, which is read to its end first: refusals arrive then."""
        if not self.is_of_this_host():
            return
        if self.path != "/reply":
            self.refuse(HTTPStatus.NOT_FOUND, "questions go to /reply")
        elif self.headers.get_content_type() != JSON:
            # A form of another page cannot send this type.
            self.refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"a question is {JSON}")
        else:
            with self.server.turn:
                answer = reply(question.decode("utf-8", "replace"))
            self.send(HTTPStatus.OK, JSON, answer.encode())

    def is_of_this_host(self) -> bool:
        """Whether the browser means this server, and a page of it asks; refuses where not."""
        host, origin = self.headers.get("Host"), self.headers.get("Origin")
        if host in self.server.hosts and origin in (None, f"http://{host}"):
            return True
        self.refuse(HTTPStatus.FORBIDDEN, f"this server is {self.server.address}")
        return False

    def refuse(self, status: HTTPStatus, message: str) -> None:
        """Say why there is no answer."""
        body = json.dumps({"error": {"message": message}}).encode()
        self.send(status, JSON, body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Say that a request is none; `http.server` calls this."""
        self.refuse(HTTPStatus(code), HTTPStatus(code).phrase.lower())

    def send(self, status: HTTPStatus, kind: str, content: bytes) -> None:
        """Send a whole answer."""
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Type": kind}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Keep no record of what was asked."""
