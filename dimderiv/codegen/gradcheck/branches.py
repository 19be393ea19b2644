"""Which sizes reach which branches of code that looks at the sizes that it is given."""

import ast
from collections.abc import Callable, Iterator, Sequence

from dimderiv.codegen.functions import function


def reaching(code: str, every: Sequence[dict[str, int]]) -> tuple[list[dict[str, int]], int]:
    """Sizes in such an order that the first ones reach all branches that any of them reach.

    Args:
        code: a module.
        every: numbers for the named sizes.

    Returns:
        All of them, and how many come first.
    """
    conditions = [*_conditions(code, list(every[0]))]
    first, others, reached = list[dict[str, int]](), list[dict[str, int]](), set[tuple[int, bool]]()
    for sizes in every:
        sides = {(place, holds(**sizes)) for place, holds in enumerate(conditions)}
        (others if first and sides <= reached else first).append(sizes)
        reached |= sides
    return [*first, *others], len(first)


def _conditions(code: str, sizes: Sequence[str]) -> Iterator[Callable[..., bool]]:
    """The conditions of code on nothing but sizes, as functions of these."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.If):
            inside = [*ast.walk(node.test)]
            names = {each.id for each in inside if isinstance(each, ast.Name)}
            known = (ast.BoolOp, ast.BinOp, ast.Compare, ast.Name, ast.Constant)
            plain = [each for each in inside if isinstance(each, ast.expr)]
            if names and names <= {*sizes} and all(isinstance(each, known) for each in plain):
                text = f"def holds({', '.join(sizes)}):\n    return {ast.unparse(node.test)}\n"
                yield function(text, "holds")
