"""`read_code`: a piece of NumPy, JAX or PyTorch as a program of the language."""

import ast
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from dimderiv.errors import DimderivError, ShapeError
from dimderiv.infer import Typed, infer
from dimderiv.language import (
    OPEN,
    Call,
    Declaration,
    Entry,
    Name,
    Program,
    Shape,
    Slice,
    Tree,
    names_in_use,
    read_shapes,
)
from dimderiv.render import text as shown
from dimderiv.rulebook import Rulebook
from dimderiv.sources.code import modules
from dimderiv.sources.code.names import spelled
from dimderiv.sources.code.scope import Known, Trial
from dimderiv.sources.code.settle import Reader, Settled, settled
from dimderiv.sources.code.statements import Statements
from dimderiv.sources.code.text import Text, parsed
from dimderiv.sources.code.told import numbers_told, shapes_told
from dimderiv.sources.reading import Reading


def read_code(
    source: str,
    *,
    declared: Mapping[str, Declaration],
    rulebook: Rulebook,
    wrt: Sequence[str] = (),
) -> Reading:
    """A piece of code as a program.

    Args:
        source: an expression, statements, or functions, of which the last one is meant.
        declared: what is known of its symbols; `n` is a 1-D array, `n x 1` one with two axes.
        rulebook: the functions.
        wrt: the symbols that are differentiated by.

    Returns:
        The program, what was assumed, and the shapes of all symbols.

    Raises:
        DimderivError: the code is not read, with the line and what to write instead.

    >>> from dimderiv.rulebook import load_rules
    >>> read_code("np.sum((X @ w - y)**2)", declared={}, rulebook=load_rules()).text
    'sum((X w - y).^2)'
    """
    try:
        return _read(parsed(source), declared, rulebook)
    except DimderivError as error:
        raise error.located(source)  # noqa: B904  the same error, with its text added


def _read(text: Text, declared: Mapping[str, Declaration], rulebook: Rulebook) -> Reading:
    functions = [each for each in ast.walk(text.tree) if isinstance(each, ast.FunctionDef)]
    asked = functions[-1:] or [e for e in ast.walk(text.tree) if isinstance(e, ast.Lambda)][-1:]
    told = {
        spelled(name) or name: shape for each in asked for name, shape in shapes_told(each).items()
    }
    told = {name: shape for name, shape in told.items() if name not in declared}
    everything = {**declared, **read_shapes(told)}
    sizes = names_in_use(everything) - everything.keys()
    names = [each.id for each in ast.walk(text.tree) if isinstance(each, ast.Name)]
    known = Known(
        {name: each for name, each in everything.items() if not each.is_function},
        rulebook.declared,
        sizes,
        {name: 0 for each in asked for name in numbers_told(each)},
        modules.library_of(text.tree),
        frozenset(modules.modules_in(text.tree)),
        sizes.union(name for each in names if (name := spelled(each))),
    )

    def reader(trial: Trial) -> Statements:
        return Statements(text, known, trial)

    def inferred(reader: Statements, program: Program) -> Typed:
        typed = infer(program, _pinned(reader, program), rulebook=rulebook)
        _check_claims(reader, typed)
        return typed

    found = settled(reader, inferred)
    if found.reader.unsized:
        found = _with_sizes(found, reader, rulebook)
    return _reading(found, declared, told)


def _pinned(reader: Statements, program: Program) -> dict[str, Declaration]:
    """The symbols as the inference is told of them: the number of axes is settled."""
    labels = {name for part in program.parts for name in _labels_in(part)}
    wanted = {
        known: Declaration(Shape.of(OPEN[: reader.axes(name)]))
        for name, known in reader.symbols.items()
        if known not in reader.known.declared and known not in labels
    }
    return {**reader.known.declared, **wanted}


def _check_claims(reader: Statements, typed: Typed) -> None:
    """Refuse what is another operation in the language where an axis has size 1."""
    for part in typed.program.parts if reader.claims else ():
        claim = reader.claims.get(part)
        if claim is not None and not claim.holds(typed.shape(part)):
            raise ShapeError(claim.message, span=part.span)


def _labels_in(part: Tree) -> Iterable[str]:
    """The symbols that are labels in a part."""
    match part:
        case Call("onehot", (Name(name), *_)):
            return [name]
        case Entry(_, indices):
            inner = [index.operand if isinstance(index, Entry) else index for index in indices]
            is_whole = any(isinstance(index, Slice | Entry) for index in indices)
            return [each.name for each in inner if isinstance(each, Name) and is_whole]
    return []


def _with_sizes(found: Settled, reader: Reader, rulebook: Rulebook) -> Settled:
    """The same reading, now that the size of each axis has a name."""
    typed = found.typed
    shapes = {name: each.shape for name, each in typed.symbols.items()} | dict(typed.definitions)
    sizes = {name: tuple(dim.syntax() for dim in shape) for name, shape in shapes.items()}
    again = reader(Trial(found.axes, sizes))
    program = again.program()
    if again.unsized:
        raise ShapeError("a size is not known", hint="the shapes of the symbols")
    again_typed = infer(program, typed.symbols, rulebook=rulebook)
    return replace(found, reader=again, program=program, typed=again_typed)


def _reading(found: Settled, declared: Mapping[str, Declaration], told: Collection[str]) -> Reading:
    shapes = {
        name: _written(each)
        for name, each in found.typed.symbols.items()
        if name not in declared or set(OPEN).intersection(declared[name].shape)
    }
    assumed = [f"{name}: {shape}" for name, shape in shapes.items() if name not in told]
    assumptions = (*assumed, *found.reader.assumptions)
    program = replace(found.program, assumptions=assumptions)
    return Reading(program, shown(found.typed.printed), assumptions, shapes)


def _written(symbol: Declaration) -> str:
    labels = "" if symbol.labels is None else f" labels {symbol.labels.bracketed}"
    return " ".join([f"{symbol.shape}{labels}", *sorted(symbol.properties)])
