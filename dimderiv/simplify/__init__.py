"""Shorter nodes of equal value."""

from dimderiv.simplify.separation import collected, outside
from dimderiv.simplify.simplify import Simplifier

__all__ = [
    "Simplifier",
    "collected",
    "outside",
]
