"""The page as one file: whatever it would load stands inside of it."""

import gzip
import json
import re
from base64 import b64encode
from collections.abc import Mapping
from posixpath import dirname, join

STYLE = re.compile(r'<link rel="stylesheet" href="([^":]+)">')
SCRIPT = re.compile(r'<script (?:defer )?src="([^":]+)"></script>')
MODULE = re.compile(r'<script type="module" src="([^":]+)"></script>')
ADDRESS = re.compile(r"url\(([^):]+)\)")
# How modules name each other, and what they are called where there are no addresses.
IMPORT = re.compile(r'"\./([\w-]+\.js)"')
PREFIX = "dimderiv/"
WORKER = "worker.js"
ENGINE = "pyodide/"


def single_page(files: Mapping[str, bytes]) -> str:
    """The page in one file.

    Args:
        files: those of the folder that it would be, by their addresses.
    """
    page = files["index.html"].decode()
    page = STYLE.sub(lambda found: f"<style>{_style(found[1], files)}</style>", page)
    page = SCRIPT.sub(lambda found: f"<script>{_script(found[1], files)}</script>", page)
    page = MODULE.sub(lambda found: _modules(found[1], files), page)
    return page.replace("</body>", f"{_engine(files)}</body>", 1)


def _style(name: str, files: Mapping[str, bytes]) -> str:
    """A style sheet with its fonts inside."""

    def inside(found: re.Match[str]) -> str:
        font = files[join(dirname(name), found[1])]
        return f"url(data:font/woff2;base64,{b64encode(font).decode()})"

    return ADDRESS.sub(inside, files[name].decode())


def _script(name: str, files: Mapping[str, bytes]) -> str:
    """A script as it may stand in a page."""
    return files[name].decode().replace("</script", r"<\/script")


def _modules(first: str, files: Mapping[str, bytes]) -> str:
    """The modules of the page by name, and the one that starts."""
    named = {
        PREFIX + name: _as_address(IMPORT.sub(rf'"{PREFIX}\1"', content.decode()))
        for name, content in files.items()
        if name.endswith(".js") and "/" not in name and name != WORKER
    }
    imports = json.dumps({"imports": named}, indent=0)
    start = f'import "{PREFIX}{first}";'
    return f'<script type="importmap">{imports}</script>\n<script type="module">{start}</script>'


def _as_address(module: str) -> str:
    return f"data:text/javascript;charset=utf-8;base64,{b64encode(module.encode()).decode()}"


def _engine(files: Mapping[str, bytes]) -> str:
    """What the worker needs, in elements that nobody sees."""
    packed = {
        name.removeprefix(ENGINE): b64encode(gzip.compress(content, mtime=0)).decode()
        for name, content in files.items()
        if name.startswith(ENGINE)
    }
    texts = {WORKER: _script(WORKER, files), **packed}
    return "".join(
        f'<script type="text/plain" data-file="{name}">{text}</script>\n'
        for name, text in texts.items()
    )
