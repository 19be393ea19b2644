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
    """The conditions of code on nothing but sizes and counts of these, as functions of sizes."""
    nodes = [*ast.walk(ast.parse(code))]
    known, counted = {*sizes, "min"}, list[str]()
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name, used = node.targets[0].id, _names(node.value)
            if used and used <= known and name not in known:
                counted.append(f"    {ast.unparse(node)}\n")
                known.add(name)
    for node in nodes:
        if isinstance(node, ast.If) and (used := _names(node.test)) and used <= known:
            plain = (ast.BoolOp, ast.BinOp, ast.Compare, ast.Name, ast.Constant)
            parts = [each for each in ast.walk(node.test) if isinstance(each, ast.expr)]
            if all(isinstance(each, plain) for each in parts):
                text = f"    return {ast.unparse(node.test)}\n"
                yield function(f"def holds({', '.join(sizes)}):\n{''.join(counted)}{text}", "holds")


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
