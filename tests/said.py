"""The sentences that the sources say, read off their syntax trees: texts with `{}` for fields.

A text with a choice in it, `f"a {'row' if one else 'table'}"`, is several sentences.
"""

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

# Two words beside each other, or one beside a field.
_WORDS = re.compile(
    r"\b[A-Za-z]?[a-z]+ [\"'({]?[A-Za-z]|\b[a-z]{2,} [\"'({]|\} \(?[a-z]{2,}|^an? [a-z]"
)
_JOINED = (ast.Constant, ast.JoinedStr, ast.BinOp, ast.IfExp)
# Calls whose texts are no sentences: names that are shown late, keys of tables.
_NOT_SAID = frozenset({"late", "said", "AssertionError", "compile", "NewType"})


def is_prose(text: str) -> bool:
    """Whether a text has words in it that follow each other."""
    return bool(_WORDS.search(text))


def texts(node: ast.expr) -> list[str] | None:
    """The texts that an expression may be, with `{}` for what is not fixed; nothing for no text."""
    match node:
        case ast.Constant(value=str(text)):
            return [text.replace("{", "{{").replace("}", "}}")]
        case ast.JoinedStr(values):
            return [_one_field("".join(parts)) for parts in product(*map(_part, values))]
        case ast.BinOp(left, ast.Add(), right):
            sides = texts(left), texts(right)
            if sides == (None, None):
                return None
            return [_one_field(a + b) for a, b in product(*(side or ["{}"] for side in sides))]
        case ast.IfExp(_, body, orelse):
            cases = texts(body), texts(orelse)
            known = [text for case in cases for text in case or ["{}"]]
            return None if cases == (None, None) else known
    return None


def _one_field(text: str) -> str:
    """A text in which two fields that touch are one."""
    return re.sub(r"(\{\}){2,}", "{}", text)


def fragment(text: str) -> str:
    """A text without the signs that join it to another one."""
    return re.sub(r"^(?:, or |; or |, and |, |; )|(?:, or |, and |, |; |: )$", "", text)


def _part(node: ast.expr) -> list[str]:
    if isinstance(node, ast.FormattedValue):
        return texts(node.value) or ["{}"]
    return texts(node) or []


def said(source: str) -> Iterator[str]:
    """The texts of a source, but its docstrings and what only its authors read."""
    tree = ast.parse(source)
    documented = set()
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            continue
        if document := ast.get_docstring(node):
            documented.add(id(node.body[0].value))  # type: ignore[attr-defined]
            yield from [document] if _is_command(node) else []
    yield from _said(tree, documented)


def _is_command(node: ast.AST) -> bool:
    """Whether a docstring is the help of a command."""
    made = getattr(node, "decorator_list", [])
    return any(
        isinstance(each, ast.Call) and ast.unparse(each.func) == "click.command" for each in made
    )


def _said(node: ast.AST, skipped: set[int]) -> Iterator[str]:
    if id(node) in skipped:
        return
    if isinstance(node, ast.expr) and (found := texts(node)):
        yield from found
        for part in _parts(node):
            yield from _said(part, skipped)
        return
    for child in _children(node):
        yield from _said(child, skipped)


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """What within a text is no piece of it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FormattedValue) or (
            isinstance(child, ast.expr) and texts(child) is not None
        ):
            yield from _parts(child)
        else:
            yield child


def _children(node: ast.AST) -> list[ast.AST]:
    """The parts of a node that may be said."""
    match node:
        case ast.Assert(test=test):
            return [test]
        case ast.Call(func=ast.Name(name) | ast.Attribute(attr=name)) if name in _NOT_SAID:
            return []
        case ast.Dict(values=values):
            return list(values)
        case ast.Assign(targets=[ast.Name("__all__")]):
            return []
        case ast.AnnAssign(value=value):
            return [value] if value else []
    return list(ast.iter_child_nodes(node))


def sentences(folder: Path, excluded: Iterator[str] | tuple[str, ...] = ()) -> dict[str, str]:
    """Each text of a folder's sources with the file that has it.

    Args:
        folder: with the sources.
        excluded: patterns of files that say nothing.
    """
    found: dict[str, str] = {}
    for file in sorted(folder.rglob("*.py")):
        place = file.relative_to(folder).as_posix()
        if any(file.match(pattern) for pattern in excluded):
            continue
        for text in said(file.read_text("utf-8")):
            found.setdefault(text, place)
    return found
