"""Code as a program of the language: NumPy, JAX and PyTorch, read by its tree and never run."""

from dimderiv.sources.code.read import read_code
from dimderiv.sources.code.source import source_of

__all__ = ["read_code", "source_of"]
