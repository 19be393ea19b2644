"""Shorter nodes of equal value."""

from dimderiv.simplify.separation import gathered, outside
from dimderiv.simplify.simplify import Simplifier

__all__ = [
    "Simplifier",
    "gathered",
    "outside",
]
