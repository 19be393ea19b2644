"""The documentation as a site: `sphinx-build -W -b html docs build/site`; it needs no net."""

import re
import sys
from pathlib import Path

from sphinx.application import Sphinx

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

project = "dimderiv"
html_title = "dimderiv"
language = "en"
extensions = ["myst_parser", "derivations"]
exclude_patterns = ["__pycache__"]
# Links within a page lead to its headings.
myst_heading_anchors = 3

html_theme = "furo"
html_static_path = ["site", "../dimderiv/surfaces/page/site/katex"]
html_css_files = ["katex.min.css", "site.css"]
html_js_files = [("katex.min.js", {"defer": ""}), ("math.js", {"defer": ""})]
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False


def include_rules(_: Sphinx, page: str, source: list[str]) -> None:
    """Let links to the format of rules, which stands outside of this folder, stay on the site."""
    source[0] = source[0].replace("](../rules/README.md)", "](rules.md)")


def join_lines(_: Sphinx, page: str, source: list[str]) -> None:
    """Leave no space between two Chinese sentences, which stand on lines of their own."""
    if page.startswith("zh/"):
        pieces = re.split(r"(^```.*?^```$)", source[0], flags=re.MULTILINE | re.DOTALL)
        pieces[::2] = [
            re.sub(r"(?<=[。，；：？！])\n(?=[^\s<|#-])(?!\d\.)", "", prose)
            for prose in pieces[::2]
        ]
        source[0] = "".join(pieces)


def say_the_language(
    _: Sphinx, page: str, template: str, context: dict[str, object], doctree: object
) -> None:
    """Tell a browser in which language a page is."""
    if page.startswith("zh/"):
        context["language"] = "zh"


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", include_rules)
    app.connect("source-read", join_lines)
    app.connect("html-page-context", say_the_language)
