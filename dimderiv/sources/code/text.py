"""The text of code: its syntax tree, the places of its parts, and what in it is the question."""

import ast
import warnings
from itertools import accumulate

from dimderiv.errors import LimitError, ParseError, Span
from dimderiv.language import frozen

LONGEST = 20_000
MOST_NODES = 5_000
_REFUSED: dict[type[ast.AST], tuple[str, str]] = {
    ast.For: ("a loop", "the sum over the array: np.sum(...), or a matrix product"),
    ast.While: ("a loop", "the steps one after the other"),
    ast.AsyncFor: ("a loop", "the sum over the array: np.sum(...)"),
    ast.If: ("a branch", "np.where(condition, a, b) for entries, or one of the branches alone"),
    ast.IfExp: ("a branch", "np.where(condition, a, b) for entries, or one of the branches alone"),
    ast.Match: ("a branch", "one of the cases alone"),
    ast.ListComp: ("a comprehension", "an operation of whole arrays: np.sum(...), X @ w"),
    ast.GeneratorExp: ("a comprehension", "an operation of whole arrays: np.sum(...), X @ w"),
    ast.SetComp: ("a comprehension", "an operation of whole arrays"),
    ast.DictComp: ("a comprehension", "an operation of whole arrays"),
    ast.With: ("a with statement", "what stands inside of it alone"),
    ast.Try: ("a try statement", "what is tried alone"),
    ast.ClassDef: ("a class", "its method as a function: def loss(x, W, b): ..."),
    ast.Dict: ("a dictionary", "one name for each array"),
    ast.Set: ("a set", "one name for each array"),
    ast.JoinedStr: ("a formatted text", "a text"),
    ast.Await: ("await", "the value alone"),
    ast.Yield: ("yield", "return"),
    ast.Delete: ("del", "the statements without it"),
    ast.Raise: ("raise", "the statements without it"),
    ast.Global: ("global", "the name as a parameter"),
    ast.Nonlocal: ("nonlocal", "the name as a parameter"),
    ast.AsyncFunctionDef: ("an async function", "a plain function"),
}


@frozen.record
class Text:
    """A text with its tree, whose places may lie in another line by a line that was put before."""

    source: str
    tree: ast.Module
    lines_before: int = 0

    def span(self, node: ast.AST) -> Span:
        """The place of a part of the tree."""
        start, end = self._offset(node, "lineno", "col_offset"), 0
        end = self._offset(node, "end_lineno", "end_col_offset")
        return start, end

    def _offset(self, node: ast.AST, line: str, column: str) -> int:
        number = getattr(node, line, 1 + self.lines_before) - 1 - self.lines_before
        lines = self.source.splitlines(keepends=True)
        starts = [0, *accumulate(map(len, lines))]
        before = lines[number].encode()[: getattr(node, column, 0)] if number < len(lines) else b""
        return starts[min(number, len(lines))] + len(before.decode(errors="ignore"))

    def line(self, node: ast.AST) -> int:
        """The number of the line of a part of the tree."""
        return getattr(node, "lineno", 1 + self.lines_before) - self.lines_before

    def written(self, node: ast.AST) -> str:
        """What stands in the text."""
        return self.source[slice(*self.span(node))]


def parsed(source: str) -> Text:
    """A text of Python with its tree.

    Args:
        source: the text, which may be indented.

    Raises:
        ParseError: it is no Python, or has loops, branches or other things that are not read.
        LimitError: it is too long.
    """
    if len(source) > LONGEST:
        raise LimitError(f"the code has {len(source)} characters; at most {LONGEST} are read")
    is_indented = bool(source.strip()) and source.lstrip("\n")[:1] in (" ", "\t")
    before = "if 1:\n" if is_indented else ""
    try:
        with warnings.catch_warnings(action="ignore", category=SyntaxWarning):
            tree = ast.parse(before + source if source.strip() else "")
    except SyntaxError as error:
        raise _no_python(source, error, len(before) and 1) from None
    except (ValueError, RecursionError, MemoryError):
        raise ParseError(
            "the code cannot be read", hint="one function, or one expression"
        ) from None
    if is_indented and isinstance(tree.body[0], ast.If):
        tree = ast.Module(tree.body[0].body, [])
    text = Text(source, tree, 1 if is_indented else 0)
    _check(text)
    return text


def _no_python(source: str, error: SyntaxError, lines_before: int) -> ParseError:
    lines = source.splitlines(keepends=True)
    number = (error.lineno or 1) - 1 - lines_before
    start = sum(map(len, lines[:number])) + max((error.offset or 1) - 1, 0)
    start = min(start, len(source))
    return ParseError(f"this is no Python: {error.msg}", span=(start, start), source=source)


def _check(text: Text) -> None:
    """Refuse what is no straight line of operations."""
    for count, node in enumerate(ast.walk(text.tree)):
        if count > MOST_NODES:
            raise LimitError(f"the code has more than {MOST_NODES} parts", hint="shorten it")
        if type(node) in _REFUSED:
            what, instead = _REFUSED[type(node)]
            raise ParseError(
                f"line {text.line(node)}: {what} is not read", span=text.span(node), hint=instead
            )
