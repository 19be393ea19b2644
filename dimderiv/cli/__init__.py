"""The command line."""

from dimderiv.cli.command import main

__all__ = ["main"]
