"""Derivatives by what is defined: `dZ` of course notes, where `Z = W X` is a name of the program.

The name becomes a symbol: what it is defined by is held fixed, what is defined by it moves with it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from dimderiv.errors import NotDifferentiableError
from dimderiv.infer import Typed, infer
from dimderiv.language import Declaration, Program, Tree, names_in, needed
from dimderiv.rulebook import Rulebook


def with_symbols(
    typed: Typed, declared: Mapping[str, Declaration], rulebook: Rulebook, wrt: Sequence[str]
) -> Typed:
    """A program in which each variable is a symbol, though the program may define it.

    Args:
        typed: the program.
        declared: what was declared, perhaps of definitions too.
        rulebook: the functions.
        wrt: the variables.

    Raises:
        NotDifferentiableError: a variable is the value itself, or made of another variable.
    """
    names = [name for name in wrt if name in typed.definitions]
    if not names:
        return typed
    *before, last = typed.program.statements
    definitions = {each.name: each.value for each in before if each.name is not None}
    for name in names:
        if name == last.name:
            raise _value_itself(name)
        _refuse_nested(name, definitions, wrt)
    left = {name: tree for name, tree in definitions.items() if name not in names}
    kept = {*needed(left, last.value), *_through(left, names)}
    statements = (*(each for each in before if each.name in kept), last)
    known = {name: _known(name, typed, declared) for name in names}
    told = tuple([f"{name} is a variable: what it is defined by is held fixed" for name in names])
    program = Program(statements, typed.program.source)
    found = infer(
        program,
        {**typed.symbols, **known},
        rulebook=rulebook,
        wrt=names,
        value=typed.value,
        sizes=typed.sizes,
    )
    said = [text for text in typed.assumptions if text.partition(":")[0] in program.names]
    return replace(
        found, assumptions=(*said, *typed.program.assumptions, *told), doubts=typed.doubts
    )


def _known(name: str, typed: Typed, declared: Mapping[str, Declaration]) -> Declaration:
    """What is known of a definition that becomes a symbol."""
    shape = typed.definitions[name]
    if name in declared:
        return replace(declared[name], shape=shape)
    return Declaration(shape, text=str(shape))


def _through(definitions: Mapping[str, Tree], names: Sequence[str]) -> Iterator[str]:
    """The definitions that are made of some names, directly or through others."""
    moving = set(names)
    for name, tree in definitions.items():
        if not moving.isdisjoint(names_in(tree)):
            moving.add(name)
            yield name


def _refuse_nested(name: str, definitions: Mapping[str, Tree], wrt: Sequence[str]) -> None:
    """Refuse a variable beside one that it is made of: held fixed, that one moves nothing."""
    value = definitions[name]
    trees = [value, *(definitions[each] for each in needed(definitions, value))]
    inside = {each for tree in trees for each in names_in(tree)}
    for other in wrt:
        if other != name and other in inside:
            raise NotDifferentiableError(
                f"{name} is made of {other}, so they are no variables beside each other",
                hint=f"one at a time: {name}, then {other}",
            )


def _value_itself(name: str) -> NotDifferentiableError:
    return NotDifferentiableError(
        f"{name} is the value that is differentiated", hint="a symbol or a definition before it"
    )
