"""Expressions without names for their parts: each definition is put where its name stands."""

from collections.abc import Iterator, Mapping, Sequence

from dimderiv.errors import LimitError
from dimderiv.language.syntax import Name, Program, Statement, Tree, children, replaced, walk

LONGEST = 4_000
DEEPEST = 100


def without_definitions(program: Program) -> Program:
    """The program as one expression.

    Raises:
        LimitError: it would be too long.

    >>> from dimderiv.language.parser import parse_program
    >>> from dimderiv.render.text import text
    >>> text(without_definitions(parse_program("r = X w - y; r' r")))
    "(X w - y)' (X w - y)"
    """
    *before, last = program.statements
    definitions = {each.name: each.value for each in before if each.name is not None}
    (value,) = written_out(definitions, [last.value])
    return Program((Statement(None, value),), program.source)


def written_out(definitions: Mapping[str, Tree], values: Sequence[Tree]) -> list[Tree]:
    """Expressions with the value of each definition in place of its name.

    Args:
        definitions: named values, each of which may use those before it.
        values: the expressions.

    Raises:
        LimitError: written out, one would be too long to read.
    """
    written: dict[str, Tree] = {}
    depths: dict[str, int] = {}
    for name, value in definitions.items():
        depths[name] = _depth(value, depths)
        if depths[name] > DEEPEST:
            raise _too_long()
        written[name] = _substituted(value, written)
    return [_substituted(value, written) for value in values]


def needed(definitions: Mapping[str, Tree], value: Tree) -> list[str]:
    """The names of the definitions that a value uses, directly or through others, in order."""
    found, waiting = set[str](), [value]
    while waiting:
        for name in names_in(waiting.pop()):
            if name in definitions and name not in found:
                found.add(name)
                waiting.append(definitions[name])
    return [name for name in definitions if name in found]


def names_in(node: Tree) -> Iterator[str]:
    """Every name that occurs in a tree, from left to right."""
    stack = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, Name):
            yield part.name
        else:
            stack.extend(reversed(children(part)))


def _substituted(node: Tree, values: Mapping[str, Tree]) -> Tree:
    if sum(_size(values[name]) for name in names_in(node) if name in values) > LONGEST:
        raise _too_long()
    return replaced(node, lambda part: values.get(part.name) if isinstance(part, Name) else None)


def _too_long() -> LimitError:
    return LimitError("without names the answer is too long", hint="leave out --inline")


def _depth(node: Tree, depths: Mapping[str, int]) -> int:
    """How deep a tree is with the values of the names in it."""
    own = depths.get(node.name, 0) if isinstance(node, Name) else 0
    return 1 + max([own, *(_depth(child, depths) for child in children(node))])


def _size(node: Tree) -> int:
    return sum(1 for _ in walk(node))
