"""Other ways in: texts of other languages to programs of ours; loaded where there is one."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.sources.code import read_code, source_of
    from dimderiv.sources.latex import read_latex
    from dimderiv.sources.reading import Reading, Source
else:
    __getattr__ = late(
        __name__,
        code="read_code source_of",
        latex="read_latex",
        reading="Reading Source",
    )

__all__ = ["Reading", "Source", "read_code", "read_latex", "source_of"]
