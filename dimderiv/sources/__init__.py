"""Other ways in: texts of other languages to programs of ours."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late
from dimderiv.sources.reading import SOURCES, Reading, Source

if TYPE_CHECKING:
    from dimderiv.sources.code import read_code, source_of
else:
    __getattr__ = late(__name__, code="read_code source_of")

__all__ = ["SOURCES", "Reading", "Source", "read_code", "source_of"]
