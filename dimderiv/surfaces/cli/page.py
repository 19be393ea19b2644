"""`dimderiv page`: the page, on this machine."""

import webbrowser

import click

from dimderiv.surfaces.cli import options
from dimderiv.surfaces.page import Server
from dimderiv.surfaces.translation import translated

PORT = 8642


@click.command(name="dimderiv page")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, help="Where; 0 for any.")
@click.option("--no-open", is_flag=True, help="Open no browser.")
@options.LANG
def page_command(port: int, no_open: bool, lang: str) -> int:
    """Show a page on this machine: derive, read the steps, check answers; Ctrl-C ends it."""
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
