"""The shapes that code tells itself: annotations, docstrings, and defaults that are numbers.

`X: Float[Array, "n d"]`, `X: "n x d"`, `lam: float`, `lam=0.1`; in a docstring `X: (n, d)` or
`w : array of shape (d,)`.
"""

import ast
import re
from collections.abc import Iterator

from dimderiv.errors import DimderivError
from dimderiv.language import read_shapes
from dimderiv.sources.code.names import spelled

_SIZES = re.compile(r"[A-Za-z]\w*(?:\s*[+*-]\s*\w+)*|\d+")
_IN_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_BY_CROSSES = re.compile(
    r"\b([A-Za-z]\w*|\d+)((?:\s*[x\N{MULTIPLICATION SIGN}]\s*(?:[A-Za-z]\w*|\d+))+)\b"
)
_NUMBER_KINDS = frozenset({"float", "int", "complex", "scalar"})
_ENTRY = re.compile(r"^\s*(?:[:@]param\s+|[-*]\s*)?`{0,2}(\w+)`{0,2}\s*[:=(-]\s*(.*)$")


def shapes_told(function: ast.FunctionDef | ast.Lambda) -> dict[str, str]:
    """The shape of each parameter of which the text says it.

    Args:
        function: the function.
    """
    found: dict[str, str] = {}
    parameters = function.args
    names = [*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs]
    if isinstance(function, ast.FunctionDef):
        found.update(_of_docstring(ast.get_docstring(function) or "", {each.arg for each in names}))
    for each in names:
        if each.annotation is not None and (shape := _of_annotation(each.annotation)):
            found[each.arg] = shape
    return {name: shape for name, shape in found.items() if _is_shape(name, shape)}


def numbers_told(function: ast.FunctionDef | ast.Lambda) -> Iterator[str]:
    """The parameters whose defaults are numbers."""
    parameters = function.args
    names = [*parameters.posonlyargs, *parameters.args]
    pairs = list(
        zip(names[len(names) - len(parameters.defaults) :], parameters.defaults, strict=True)
    )
    pairs += [
        (name, default)
        for name, default in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True)
        if default is not None
    ]
    for parameter, default in pairs:
        value = default.value if isinstance(default, ast.Constant) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield parameter.arg


def _of_annotation(node: ast.expr) -> str | None:
    match node:
        case ast.Constant(str() as text):
            return text
        case ast.Name(name) if name in _NUMBER_KINDS:
            return "scalar"
        case ast.Subscript(_, ast.Tuple([_, ast.Constant(str() as sizes)])):
            # jaxtyping, where sizes have spaces between them, and none are a scalar's.
            return " x ".join(sizes.split()) or "scalar"
    return None


def _of_docstring(text: str, names: set[str]) -> Iterator[tuple[str, str]]:
    lines = text.splitlines()
    for number, line in enumerate(lines):
        read = _ENTRY.match(line)
        if read and read[1] in names:
            following = lines[number + 1] if number + 1 < len(lines) else ""
            tail = read[2] if line[read.end(1) :].lstrip()[:1] != "(" else f"({read[2]}"
            shape = _in_words(tail) or (None if _ENTRY.match(following) else _in_words(following))
            if shape:
                yield read[1], shape


def _in_words(text: str) -> str | None:
    """The shape in the description of an array."""
    for match in _IN_BRACKETS.finditer(text):
        sizes = [size.strip() for size in (match[1] or match[2] or "").split(",") if size.strip()]
        if sizes and all(_SIZES.fullmatch(size) for size in sizes):
            is_shape = len(sizes) > 1 or "," in match[0] or "shape" in text[: match.start()]
            if is_shape:
                return " x ".join(f"({s})" if re.search(r"\W", s) else s for s in sizes)
    crossed = _BY_CROSSES.search(text)
    if crossed:
        return crossed[0]
    first = re.match(r"\W*(float|scalar|int|number)\b", text)
    return "scalar" if first else None


def _is_shape(name: str, shape: str) -> bool:
    known = spelled(name)
    if known is None:
        return False
    try:
        read_shapes({known: shape})
    except DimderivError:
        return False
    return True
