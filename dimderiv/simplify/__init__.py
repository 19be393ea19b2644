"""Shorter nodes of equal value."""

from dimderiv.simplify.separation import Outside, collected, outside, parts
from dimderiv.simplify.simplify import Simplifier

__all__ = [
    "Outside",
    "Simplifier",
    "collected",
    "outside",
    "parts",
]
