"""`dimderiv graph EXPR --wrt NAMES`: the program as a picture, or the products of its steps."""

import click

from dimderiv.derivation import derive
from dimderiv.surfaces.cli import options
from dimderiv.surfaces.drawing import drawn
from dimderiv.surfaces.pictures import picture


@click.command(name="dimderiv graph", context_settings={"ignore_unknown_options": True})
@click.argument("expression", metavar="EXPR")
@click.option("--wrt", metavar="NAMES", required=True, help="Variables, such as w or W1,b1.")
@click.option("--shape", metavar="TEXT", multiple=True, help='Shapes, such as "X: m x n; w: n".')
@options.UPSTREAM
@click.option("--boxes", is_flag=True, help="Draw the products of the steps as boxes, in SVG.")
@options.LANG
def graph_command(
    expression: str, wrt: str, shape: tuple[str, ...], upstream: str | None, boxes: bool, lang: str
) -> int:
    """Write EXPR as a graph for Graphviz: `dimderiv graph "||Xw-y||^2" --wrt w | dot -Tsvg`."""
    derivation = derive(expression, wrt, shapes=";".join(shape), upstream=upstream)
    click.echo(picture(derivation, lang) if boxes else drawn(derivation))
    return 0
