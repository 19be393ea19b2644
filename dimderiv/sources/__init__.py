"""Other ways in: texts of other languages to programs of ours."""

from dimderiv.sources.reading import SOURCES, Reading, Source

__all__ = ["SOURCES", "Reading", "Source"]
