"""LaTeX, as people write it in notes and papers, and as dimderiv writes it itself."""

from dimderiv.sources.latex.read import read_latex
from dimderiv.sources.latex.relations import (
    SIGNS,
    Head,
    Relation,
    Side,
    head_of,
    relations_of,
    shapes_in,
)
from dimderiv.sources.latex.slopes import (
    Differential,
    Slope,
    differentials_in,
    mentions_slope,
    primed_in,
    slope_of,
    slopes_within,
)

__all__ = [
    "SIGNS",
    "Differential",
    "Head",
    "Relation",
    "Side",
    "Slope",
    "differentials_in",
    "head_of",
    "mentions_slope",
    "primed_in",
    "read_latex",
    "relations_of",
    "shapes_in",
    "slope_of",
    "slopes_within",
]
