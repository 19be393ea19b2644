"""Options that several commands take."""

import click

from dimderiv.answer import LAYOUTS
from dimderiv.derivation import NAMES
from dimderiv.explain import LANGUAGES

SOURCE = click.option(
    "--from",
    "source",
    type=click.Choice(list(NAMES)),
    help="What the expression is written in; recognised where it shows.",
)
UPSTREAM = click.option("--upstream", metavar="G", help="The derivative that is handed down.")
FORWARD = click.option(
    "--forward", metavar="V", help="A direction of each variable, such as V or V,v."
)
LANG = click.option(
    "--lang", type=click.Choice(LANGUAGES), default="en", help="Language of what is said."
)
LAYOUT = click.option(
    "--layout", type=click.Choice(LAYOUTS), default="mixed", help="Layout convention."
)
RULES = click.option(
    "--rules", metavar="FILE", multiple=True, help="A file with rules of your own."
)
WRT = click.option("--wrt", metavar="NAMES", multiple=True, help="Variables, such as w or W1,b1.")
