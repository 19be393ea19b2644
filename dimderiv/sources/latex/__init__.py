"""LaTeX, as people write it in notes and papers, and as dimderiv writes it itself."""

from dimderiv.sources.latex.read import read_latex

__all__ = ["read_latex"]
