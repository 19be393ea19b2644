"""The local server: it serves this machine alone, says little, and waits for nobody."""

import json
import re
import socket
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPResponse
from threading import Thread

import pytest

from dimderiv.surfaces.cli.command import main
from dimderiv.surfaces.page import Server
from dimderiv.surfaces.page.server import LARGEST, SITE, Handler, files

QUESTION = b'{"ask": "symbols", "expr": "A x"}'
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One server for all tests."""
    with Server() as found:
        thread = Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield found
        found.shutdown()
        thread.join()


def got(server: Server, path: str, headers: Mapping[str, str] = {}) -> HTTPResponse:
    """What the server answers to a request for a file."""
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    connection.request("GET", path, headers=headers)
    return connection.getresponse()


def told(server: Server, headers: Mapping[str, str] = {}) -> HTTPResponse:
    """What the server answers to a question."""
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    connection.request("POST", "/reply", QUESTION, {**JSON, **headers})
    return connection.getresponse()


def sent(server: Server, text: bytes) -> bytes:
    """What comes back for bytes that no client would send."""
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=30) as client:
        client.sendall(text)
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(65536), b""))


def test_the_page_and_all_that_belongs_to_it_can_be_got(server: Server) -> None:
    """Whole, and with types that a browser need not guess."""
    for path, (kind, content) in files().items():
        response = got(server, path)

        assert 200 == response.status
        assert kind == response.headers["Content-Type"]
        assert content == response.read()


def test_the_formulas_have_all_their_fonts() -> None:
    """The style sheet of KaTeX names no file that is not there, and its licence is beside it."""
    style = files()["/katex/katex.min.css"][1].decode()
    fonts = set(re.findall(r"url\(([^)]*)\)", style))

    assert fonts == {path.removeprefix("/katex/") for path in files() if "woff2" in path}
    assert (SITE / "katex" / "LICENSE").exists()


def test_a_question_is_answered(server: Server) -> None:
    """In JSON."""
    response = told(server)

    assert ["A", "x"] == [each["name"] for each in json.load(response)["shapes"]]


def test_the_browser_is_told_to_run_and_ask_nothing_else(server: Server) -> None:
    """No script in the page itself, none from elsewhere, no frame around it."""
    for response in (got(server, "/"), got(server, "/none")):
        policy = response.headers["Content-Security-Policy"]

        assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert "nosniff" == response.headers["X-Content-Type-Options"]
        assert "no-referrer" == response.headers["Referrer-Policy"]
        assert "dimderiv" == response.headers["Server"].strip()
        assert not [name for name in response.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1"},
        {"Host": "localhost:1"},
        {"Host": "127.0.0.1.evil.example:{port}"},
        {"Host": ""},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://127.0.0.1:{port}"},
    ],
    ids=str,
)
def test_no_other_host_is_served(server: Server, headers: dict[str, str]) -> None:
    """A name that leads here is not this server, and a page from elsewhere asks in vain."""
    named = {name: value.format(port=server.server_port) for name, value in headers.items()}

    assert 403 == got(server, "/", named).status
    assert 403 == told(server, named).status


def test_the_server_listens_on_this_machine_alone(server: Server) -> None:
    """Not on the addresses that others reach it by."""
    assert "127.0.0.1" == server.server_address[0]
    assert 200 == got(server, "/", {"Host": f"localhost:{server.server_port}"}).status


@pytest.mark.parametrize(
    "path",
    ["/none", "/..", "/../server.py", "/%2e%2e/server.py", "/katex", "//etc/passwd", "/page.css/"],
)
def test_no_other_file_can_be_got(server: Server, path: str) -> None:
    """Paths are looked up in a list, and lead nowhere else."""
    assert 404 == got(server, path).status


@pytest.mark.parametrize(
    ("status", "path", "headers"),
    [
        (404, "/", {"Content-Type": "application/json"}),
        (415, "/reply", {}),
        (415, "/reply", {"Content-Type": "text/plain"}),
        (415, "/reply", {"Content-Type": "application/x-www-form-urlencoded"}),
        (411, "/reply", {**JSON, "Content-Length": "-1"}),
        (411, "/reply", {**JSON, "Content-Length": "²"}),
        (413, "/reply", {**JSON, "Content-Length": str(LARGEST + 1)}),
        (413, "/reply", {**JSON, "Content-Length": "9" * 5000}),
    ],
    ids=str,
)
def test_what_is_no_question_is_refused(
    server: Server, status: int, path: str, headers: dict[str, str]
) -> None:
    """By its path, its type, its length: what a form of another page can send is none."""
    lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{server.server_port}"]
    headers = {"Content-Length": str(len(QUESTION)), **headers}
    lines += [f"{name}: {value}" for name, value in headers.items()]
    text = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + QUESTION

    assert sent(server, text).startswith(f"HTTP/1.0 {status} ".encode())


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\r\n",
        b"GET\r\n\r\n",
        b"GET /\r\n\r\n",
        b"\xff\xfe\x00\r\n\r\n",
        b"PUT / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET " + b"/" * 70_000,
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200,
    ],
    ids=lambda text: repr(text[:20]),
)
def test_what_is_no_request_is_refused_in_silence(
    server: Server, text: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    """No traceback, neither to the client nor to whoever started the server."""
    answer = sent(server, text)

    assert b"Traceback" not in answer
    assert b"dimderiv" not in answer or b"200 OK" not in answer
    assert ("", "") == capfd.readouterr()


def test_clients_that_wait_hold_nobody_up(server: Server) -> None:
    """Half-open connections, and questions that are announced and never asked."""
    address = ("127.0.0.1", server.server_port)
    announced = b"POST /reply HTTP/1.1\r\nContent-Length: 100\r\n\r\n"
    clients = [socket.create_connection(address, timeout=30) for _ in range(20)]
    try:
        for client in clients[::2]:
            client.sendall(announced)

        assert 200 == got(server, "/").status
        assert 200 == told(server).status
    finally:
        for client in clients:
            client.close()


def test_a_client_that_waits_too_long_is_left(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server ends the connection."""
    monkeypatch.setattr(Handler, "timeout", 0.05)
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=30) as client:
        client.sendall(b"GET / HT")

        assert b"" == client.recv(1)


def test_a_port_that_is_taken_is_said(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """With what to try."""
    assert 2 == main(["page", "--no-open", f"--port={server.server_port}"])

    message = capsys.readouterr().err
    assert f"the port {server.server_port} cannot be had" in message
    assert "--port 0" in message


def test_the_command_says_where_the_page_is_and_ends_on_ctrl_c(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And opens it in the browser."""
    opened: list[str] = []

    def pressed(_: Server) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Server, "serve_forever", pressed)
    monkeypatch.setattr("webbrowser.open", opened.append)

    assert 0 == main(["page", "--port", "0"])
    assert opened
    assert capsys.readouterr().out.startswith(opened[0])
