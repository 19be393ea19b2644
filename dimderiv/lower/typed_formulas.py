"""Formulas of rules with the shapes of what their names stand for."""

from collections.abc import Mapping
from functools import lru_cache

from dimderiv.errors import ShapeError
from dimderiv.infer import Typed, infer
from dimderiv.language import Declaration, Shape, syntax
from dimderiv.lower.arrays import Array
from dimderiv.rulebook import Rulebook


def typed_formula(tree: syntax.Tree, known: Mapping[str, Array], rulebook: Rulebook) -> Typed:
    """A formula of a rule as a program of its own, whose symbols have the shapes of arrays."""
    return _typed(tree, tuple(known), tuple([array.shape for array in known.values()]), rulebook)


@lru_cache(maxsize=1024)
def _typed(
    tree: syntax.Tree, names: tuple[str, ...], shapes: tuple[Shape, ...], rulebook: Rulebook
) -> Typed:
    declared = {name: Declaration(shape) for name, shape in zip(names, shapes, strict=True)}
    program = syntax.Program((syntax.Statement(None, tree),))
    try:
        return infer(program, declared, rulebook=rulebook)
    except ShapeError as error:
        message = f"a formula of a rule does not conform: {error.message}"
        raise ShapeError(message, known=error.known) from None
