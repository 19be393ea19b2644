"""The command line."""

from dimderiv.surfaces.cli.command import main

__all__ = ["main"]
