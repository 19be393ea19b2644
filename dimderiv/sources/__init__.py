"""Other ways in: texts of other languages to programs of ours."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late
from dimderiv.sources.reading import SOURCES, Reading, Source

if TYPE_CHECKING:
    from dimderiv.sources.latex import read_latex
else:
    __getattr__ = late(__name__, latex="read_latex")

__all__ = ["SOURCES", "Reading", "Source", "read_latex"]
