"""The help of a command in another language than English."""

from copy import copy
from inspect import cleandoc
from typing import Any

import click

from dimderiv.surfaces.translation import translated

# What click itself writes around the texts of a command.
HEADINGS = ("Usage: ", "Options:", "[required]")


class _Translated(click.Command):
    """A command whose help is in another language."""

    lang: str

    def get_help(self, ctx: click.Context) -> str:
        text = super().get_help(ctx)
        for heading in HEADINGS:
            text = text.replace(heading, translated(heading, self.lang))
        return text

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        return option and _explained(option, self.lang)


def in_language(command: click.Command, lang: str) -> click.Command:
    """A command with its help in another language.

    Args:
        command: the command.
        lang: the language.
    """
    made = _Translated(command.name)
    vars(made).update(vars(command))
    made.lang, made.params = lang, [_explained(each, lang) for each in command.params]
    made.help = command.help and translated(cleandoc(command.help), lang)
    made.epilog = command.epilog and translated(command.epilog, lang)
    return made


def _explained(parameter: Any, lang: str) -> Any:
    """A parameter with its help in a language."""
    made = copy(parameter)
    if getattr(made, "help", None):
        made.help = translated(made.help, lang)
    return made
