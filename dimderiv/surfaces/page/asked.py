"""What the page asks, read from JSON."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Self

from dimderiv.derivation import Derivation, derive, read
from dimderiv.errors import LimitError, ParseError, UnknownNameError
from dimderiv.explain import LANGUAGES
from dimderiv.infer import Typed, infer
from dimderiv.language import frozen, read_shapes
from dimderiv.rulebook import load_rules, with_declared

# More than anyone types; the engine has limits of its own.
MOST_SIGNS = 20_000
WANTED: Mapping[object, str] = {str: "a text", int: "a whole number", bool: "true or false"}


@frozen.record
class Asked:
    """A question; each key of the JSON is one of these.

    Attributes:
        ask: `"symbols"`: what occurs in the expression, to choose a variable from; `"derive"`;
            `"code"`; `"check"`: is the answer right?
        expr: the expression.
        source: its language, `"dimderiv"`, `"latex"` or `"numpy"`; recognised where it is empty.
        wrt: the variable, or several with commas between them.
        shapes: what is declared, such as `"X: m x n; w: n"`.
        order: how often to differentiate.
        upstream: a name for the derivative that is handed down; none where it is empty.
        layout: the layout convention.
        structured: whether entries that a property ties move together.
        lang: the language of all words.
        answer: for `"check"`, the answer of one's own.
        target: for `"code"`, the library.
    """

    ask: str = "derive"
    expr: str = ""
    source: str = ""
    wrt: str = ""
    shapes: str = ""
    order: int = 1
    upstream: str = ""
    layout: str = "mixed"
    structured: bool = False
    lang: str = "en"
    answer: str = ""
    target: str = "numpy"

    @classmethod
    def of(cls, text: str) -> Self:
        """The question that a text in JSON is.

        Args:
            text: an object with some of the keys above.

        Raises:
            DimderivError: it is none.

        >>> Asked.of('{"expr": "A x", "wrt": "x"}').ask
        'derive'
        """
        if not isinstance(text, str) or len(text) > 2 * MOST_SIGNS:
            raise LimitError(f"a question is a text of at most {2 * MOST_SIGNS} signs")
        try:
            given = json.loads(text)
        except ValueError as error:
            raise ParseError(f"the question is no JSON: {error}") from error
        if not isinstance(given, dict):
            raise ParseError("the question is no object of JSON", hint='such as {"expr": "A x"}')
        asked = cls(**_known(given))
        if asked.lang not in LANGUAGES:
            raise UnknownNameError(f"the language {asked.lang!r} is unknown")
        return asked

    @property
    def options(self) -> dict[str, Any]:
        """The options that `derive` and `check` have in common."""
        return {
            "shapes": self.shapes,
            "order": self.order,
            "upstream": self.upstream.strip() or None,
            "layout": self.layout,
            "structured": self.structured,
            "source": self.source or None,
        }

    def derived(self) -> Derivation:
        """The derivation that is asked for."""
        return derive(self.expr, self.wrt, **self.options)

    def typed(self) -> Typed:
        """The expression with the shapes of its symbols, whatever it is to be differentiated by."""
        known = read_shapes(self.shapes)
        rulebook = with_declared(load_rules(), known)
        declared = {name: found for name, found in known.items() if not found.is_function}
        given = read(self.expr, self.source or None, declared, (), rulebook)
        return infer(given.program, given.declared, rulebook=rulebook)


def _known(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is given, once its keys and the types of its values are right."""
    types = {field.name: field.type for field in fields(Asked)}
    for key, value in given.items():
        if key not in types:
            raise UnknownNameError(
                f"the question has an unknown key {key[:40]!r}", hint=f"one of {', '.join(types)}"
            )
        if type(value) is not types[key]:
            raise ParseError(f"the value of {key} is not {WANTED[types[key]]}")
        if isinstance(value, str) and len(value) > MOST_SIGNS:
            raise LimitError(f"{key} is longer than {MOST_SIGNS} signs")
    return dict(given)
