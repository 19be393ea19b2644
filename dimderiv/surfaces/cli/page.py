"""`dimderiv page`: the page, on this machine; or as files, for a web site or a class."""

import webbrowser
from pathlib import Path

import click

from dimderiv.surfaces.cli import options
from dimderiv.surfaces.cli.process import patience
from dimderiv.surfaces.page import Server, build_folder, build_single
from dimderiv.surfaces.translation import translated

PORT = 8642


@click.command(name="dimderiv page", context_settings={"max_content_width": 100})
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, help="Where; 0 for any.")
@click.option("--no-open", is_flag=True, help="Open no browser.")
@click.option("--build", metavar="DIR", help="Write the page as files for any web site instead.")
@click.option("--single", metavar="FILE", help="Write it as one file, which opens from disk.")
@click.option(
    "--pyodide",
    metavar="FILE",
    type=click.Path(exists=True, path_type=Path),
    help="The Python for browsers that these need, where npm cannot fetch it: its npm package.",
)
@options.LANG
def page_command(
    port: int, no_open: bool, build: str | None, single: str | None, pyodide: Path | None, lang: str
) -> int:
    """Show a page on this machine: derive, read the steps, check answers; Ctrl-C ends it.

    With --build or --single it is written instead, with the engine inside: no server, nothing
    loaded from elsewhere.
    """
    if build is None and single is None:
        if pyodide is not None:
            raise click.UsageError("--pyodide goes with --build DIR or --single FILE")
        return show(port, no_open, lang)
    for write, name in ((build_folder, build), (build_single, single)):
        if name is not None:
            with patience(lang=lang):
                size = write(Path(name), pyodide)
            click.echo(f"{name}: {size / 1e6:.1f} MB")
    return 0


def show(port: int, no_open: bool, lang: str) -> int:
    """Serve the page until it is interrupted."""
    try:
        server = Server(port)
    except OSError as error:
        raise click.UsageError(
            f"the port {port} cannot be had: {error.strerror}; another one is --port {port + 1},"
            " and any free one is --port 0"
        ) from error
    with server:
        click.echo(translated(f"{server.address} is open until you press Ctrl-C", lang))
        if not no_open:
            webbrowser.open(server.address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0
