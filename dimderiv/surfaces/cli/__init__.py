"""The command line."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.surfaces.cli.check import check_command
    from dimderiv.surfaces.cli.command import main
    from dimderiv.surfaces.cli.graph import graph_command
    from dimderiv.surfaces.cli.help import in_language
    from dimderiv.surfaces.cli.notes import notes_command
    from dimderiv.surfaces.cli.page import page_command
    from dimderiv.surfaces.cli.stationary import print_stationary
else:
    __getattr__ = late(
        __name__,
        check="check_command",
        command="main",
        graph="graph_command",
        help="in_language",
        notes="notes_command",
        page="page_command",
        stationary="print_stationary",
    )

__all__ = [
    "check_command",
    "graph_command",
    "in_language",
    "main",
    "notes_command",
    "page_command",
    "print_stationary",
]
