"""Other ways in: texts of other languages to programs of ours; loaded where there is one."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.sources.code import read_code, source_of
    from dimderiv.sources.latex import (
        SIGNS,
        Differential,
        Head,
        Relation,
        Side,
        Slope,
        differentials_in,
        head_of,
        mentions_slope,
        primed_in,
        read_latex,
        relations_of,
        shapes_in,
        slope_of,
        slopes_within,
    )
    from dimderiv.sources.reading import Reading, Source
else:
    __getattr__ = late(
        __name__,
        code="read_code source_of",
        latex="SIGNS Differential Head Relation Side Slope differentials_in head_of mentions_slope "
        "primed_in read_latex relations_of shapes_in slope_of slopes_within",
        reading="Reading Source",
    )

__all__ = [
    "SIGNS",
    "Differential",
    "Head",
    "Reading",
    "Relation",
    "Side",
    "Slope",
    "Source",
    "differentials_in",
    "head_of",
    "mentions_slope",
    "primed_in",
    "read_code",
    "read_latex",
    "relations_of",
    "shapes_in",
    "slope_of",
    "slopes_within",
    "source_of",
]
