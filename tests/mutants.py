"""Single-place faults in the functions of a module, made one after the other for a test.

A mutant is a function whose syntax tree has one place changed: operands exchanged, a transpose
dropped, a sign or a number changed, a condition negated, a term left out.  Its code takes the
place of the right one wherever the function has been imported to, and goes back afterwards.
"""

import ast
import copy
import functools
import gc
import importlib
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from types import CodeType, FunctionType
from typing import Any, TypeGuard

Change = Callable[[Any], ast.AST | None]

# One of two faces of an array, one of two ends: what takes the place of what.
OPPOSITES = {
    "straight": "flipped",
    "flipped": "straight",
    "start": "end",
    "end": "start",
    "rows": "cols",
    "cols": "rows",
    "row": "column",
    "column": "row",
    "left": "right",
    "right": "left",
    "result": "indices",
}
SKIPPED = {"turned", "transposed", "T", "leaving"}
COMPARISONS = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}


def negated(node: ast.expr) -> ast.expr:
    """A condition that holds where it did not."""
    return ast.UnaryOp(ast.Not(), node)


def condition_negated(node: Any) -> ast.AST | None:
    """A condition holds where it did not."""
    if isinstance(node, (ast.If, ast.IfExp, ast.While)):
        node.test = negated(node.test)
        return node
    return None


def condition_of_comprehension_dropped(node: Any) -> ast.AST | None:
    """What was left out is taken."""
    if isinstance(node, ast.comprehension) and node.ifs:
        node.ifs = node.ifs[1:]
        return node
    return None


def comparison_turned(node: Any) -> ast.AST | None:
    """A comparison holds where it did not."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        node.ops = [COMPARISONS[type(node.ops[0])]()]
        return node
    return None


def operator_exchanged(node: Any) -> ast.AST | None:
    """A plus is a minus, a product a sum."""
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        node.op = OPERATORS[type(node.op)]()
        return node
    return None


def _has_parts(node: Any) -> TypeGuard[ast.Tuple | ast.List]:
    is_array = isinstance(node, (ast.Tuple, ast.List)) and isinstance(node.ctx, ast.Load)
    return is_array and len(node.elts) >= 2


def operands_exchanged(node: Any) -> ast.AST | None:
    """The first two arguments change places; in a pair, its parts."""
    if isinstance(node, ast.Call) and len(node.args) >= 2:
        node.args = [node.args[1], node.args[0], *node.args[2:]]
        return node
    if _has_parts(node):
        node.elts = node.elts[::-1]
        return node
    return None


def part_dropped(node: Any) -> ast.AST | None:
    """A factor, a term, a letter fewer."""
    if _has_parts(node):
        node.elts = node.elts[:-1]
        return node
    if isinstance(node, ast.BoolOp):
        return node.values[0]
    return None


def transpose_dropped(node: Any) -> ast.AST | None:
    """An array stands as it is, where it was turned."""
    match node:
        case ast.Call(ast.Attribute(value, name)) if name in SKIPPED:
            return value
        case ast.Attribute(value, name) if name in SKIPPED:
            return value
        case ast.Call(ast.Name("transposed" | "reversed" | "transpose"), [value]):
            return value
    return None


def opposite_taken(node: Any) -> ast.AST | None:
    """The other of two faces, ends or axes is taken."""
    if isinstance(node, ast.Attribute) and node.attr in OPPOSITES:
        node.attr = OPPOSITES[node.attr]
        return node
    return None


def number_changed(node: Any) -> ast.AST | None:
    """A number is one too high, a truth value the other one."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return ast.Constant(node.value + 1)
    if isinstance(node, ast.Constant) and type(node.value) is bool:
        return ast.Constant(not node.value)
    return None


def sign_dropped(node: Any) -> ast.AST | None:
    """A minus, or a negation, is left out."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)):
        return node.operand
    return None


def call_skipped(node: Any) -> ast.AST | None:
    """What a function is called with stands in place of its value."""
    if isinstance(node, ast.Call) and node.args and not isinstance(node.args[0], ast.Starred):
        return node.args[0]
    return None


def statement_dropped(node: Any) -> ast.AST | None:
    """What changes something in place is left out."""
    if isinstance(node, ast.AugAssign) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ):
        return ast.Pass()
    return None


CHANGES: Sequence[Change] = (
    operands_exchanged,
    transpose_dropped,
    opposite_taken,
    sign_dropped,
    part_dropped,
    operator_exchanged,
    number_changed,
    comparison_turned,
    condition_negated,
    condition_of_comprehension_dropped,
    call_skipped,
    statement_dropped,
)


@dataclass(frozen=True)
class Mutant:
    """A function with one place changed.

    Attributes:
        function: the right one.
        name: its name in its module.
        line: where in the file the change is.
        told: what is changed.
        definition: the right definition.
        place: where in it the change is.
        change: makes it.
    """

    function: FunctionType
    name: str
    line: int
    told: str
    definition: ast.FunctionDef
    place: int
    change: Change

    def __str__(self) -> str:
        module = self.function.__module__.removeprefix("dimderiv.")
        return f"{module}:{self.name}, line {self.line}: {self.told}"

    @property
    def code(self) -> CodeType:
        """The changed code.

        Raises:
            ValueError: it does not close over what the right one closes over.
        """
        changed = copy.deepcopy(self.definition)
        node = next(islice(ast.walk(changed), self.place, None))
        new = self.change(node)
        assert new is not None
        whole = ast.Module([changed], [])
        if new is not node:
            _Replace(node, new).visit(whole)
        ast.fix_missing_locations(whole)
        found = _inner(compile(whole, "<mutant>", "exec"), self.function.__name__)
        if found.co_freevars != self.function.__code__.co_freevars:
            raise ValueError("a function that closes over something")
        return found

    @property
    def compiles(self) -> bool:
        """Whether the changed function can be put in the place of the right one."""
        try:
            return bool(self.code)
        except (SyntaxError, ValueError):
            return False

    @contextmanager
    def planted(self) -> Iterator[None]:
        """The changed code in the place of the right one, and nothing remembered of either."""
        right = self.function.__code__
        self.function.__code__ = self.code
        forget()
        try:
            yield
        finally:
            self.function.__code__ = right
            forget()


def _inner(code: CodeType, name: str) -> CodeType:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            return each if each.co_name == name else _inner(each, name)
    raise ValueError(name)


@functools.cache
def _remembering() -> list[Any]:
    kind = type(functools.lru_cache(lambda: None))
    found = [each for each in gc.get_objects() if type(each) is kind]
    return [each for each in found if (each.__module__ or "").startswith("dimderiv")]


def forget() -> None:
    """Clear what functions remember of earlier calls."""
    for each in _remembering():
        each.cache_clear()


def functions(module_name: str) -> Iterator[tuple[str, FunctionType]]:
    """The functions and methods that a module defines, by name."""
    module = importlib.import_module(f"dimderiv.{module_name}")
    for name, value in list(vars(module).items()):
        if isinstance(value, type) and value.__module__ == module.__name__:
            for own, method in list(vars(value).items()):
                yield from _unwrapped(f"{name}.{own}", method, module.__name__)
        else:
            yield from _unwrapped(name, value, module.__name__)


def _unwrapped(name: str, value: Any, module: str) -> Iterator[tuple[str, FunctionType]]:
    for attribute in ("fget", "func", "__func__"):
        value = getattr(value, attribute, None) or value
    value = inspect.unwrap(value) if callable(value) else value
    is_own = isinstance(value, FunctionType) and value.__module__ == module
    if is_own and not value.__name__.startswith("__") and "<" not in value.__qualname__:
        yield name, value


def mutants(name: str, function: FunctionType) -> Iterator[Mutant]:
    """Every function that differs from one in a single place."""
    lines, first = inspect.getsourcelines(function)
    definition = ast.parse(textwrap.dedent("".join(lines))).body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.decorator_list = []
    types = set(map(id, _types(definition)))
    for place, node in enumerate(ast.walk(definition)):
        if id(node) in types:
            continue
        for change in CHANGES:
            new = change(copy.deepcopy(node))
            if new is not None:
                line = first + getattr(node, "lineno", 1) - 1
                told = f"{change.__name__}: {_short(node)}"
                yield Mutant(function, name, line, told, definition, place, change)


def _types(definition: ast.FunctionDef) -> Iterator[ast.AST]:
    """What says a type, and defaults, which the function keeps apart from its code."""
    for each in ast.walk(definition):
        own: list[ast.AST | None] = []
        if isinstance(each, ast.FunctionDef):
            own = [each.returns, *each.args.defaults, *each.args.kw_defaults]
        elif isinstance(each, (ast.arg, ast.AnnAssign)):
            own = [each.annotation]
        for part in own:
            yield from ast.walk(part) if part is not None else ()


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for name, value in ast.iter_fields(node):
            if value is self.old:
                setattr(node, name, self.new)
            elif isinstance(value, list):
                value[:] = [self.new if each is self.old else each for each in value]
        return super().generic_visit(node)


def lines_run(work: Callable[[], object]) -> set[tuple[str, int]]:
    """The files and lines of dimderiv that run while something is done."""
    found: set[tuple[str, int]] = set()

    def local(frame: Any, event: str, argument: Any) -> Any:
        if event == "line":
            found.add((frame.f_code.co_filename, frame.f_lineno))
        return local

    def whole(frame: Any, event: str, argument: Any) -> Any:
        return local if "/dimderiv/" in frame.f_code.co_filename else None

    sys.settrace(whole)
    try:
        work()
    finally:
        sys.settrace(None)
    return found
