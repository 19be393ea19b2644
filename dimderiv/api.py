"""`derive`: from text to a checked derivative, the whole pipeline in one place."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from dimderiv.answer import Answer, write_answer
from dimderiv.arrange import Arranger
from dimderiv.declarations import read_shapes
from dimderiv.derivation import Derivation
from dimderiv.differentiate import reverse_sweep
from dimderiv.errors import DimderivError, NotDifferentiableError, UnknownNameError
from dimderiv.graph import Key
from dimderiv.infer import Typed, infer
from dimderiv.language.parser import parse_program
from dimderiv.language.syntax import Node, Program, Statement
from dimderiv.language.vocabulary import BUILTIN_FUNCTIONS
from dimderiv.lower import Lowered, lower
from dimderiv.naming import Kind, name_repeats
from dimderiv.partials import operands
from dimderiv.rules import Rulebook, load_rules
from dimderiv.simplify import Simplifier

LAYOUTS = ("mixed", "numerator", "denominator")


def parse(source: str, *, names: Sequence[str] = ()) -> Program:
    """Read a text of the language.

    Args:
        source: one or more statements, separated by `;` or newlines.
        names: declared symbols, which may have more than one letter.

    Returns:
        The syntax tree, which `derive` accepts in place of the text.

    Raises:
        ParseError: the text is no expression of the language.
        LimitError: it is too long or too deep.

    >>> parse("A x").statements[0].value
    Binary(operator='*', left=Name(name='A'), right=Name(name='x'))
    """
    return parse_program(source, names=names)


def derive(
    expr: str | Program,
    wrt: str | Sequence[str],
    *,
    shapes: Mapping[str, str] | str | None = None,
    order: int = 1,
    upstream: str | None = None,
    layout: str = "mixed",
    verify: bool = True,
    rules: str | Path | Sequence[str | Path] = (),
    inline: bool = False,
) -> Derivation:
    """Derive the gradient of a scalar expression by one or several variables, and check it.

    Args:
        expr: the expression, as text or as `parse` returns it.
        wrt: a name, `"W1,b1"`, or a sequence of names.
        shapes: `{"X": "m x n"}` or `"X: m x n; w: n"`; what is missing is inferred and reported.
        order: how often to differentiate; 1.
        upstream: the name of a derivative that is handed down; not supported yet.
        layout: the layout convention; for the gradient of a scalar `"mixed"`, the shape of the
            variable, is the only one yet.
        verify: whether to check every answer entry by entry; a failed check withholds it.
        rules: files with rules of your own.
        inline: whether to write the answer without names for intermediates.

    Returns:
        The derivation, whose `str` is the answer in the language itself.

    Raises:
        DimderivError: one of its subclasses says what is wrong, where, what was known and what to
            try; `VerificationError` if the answer did not pass its check.

    >>> print(derive("||Xw-y||^2", "w"))
    2 X' (X w - y)
    """
    rulebook = load_rules(*([rules] if isinstance(rules, (str, Path)) else rules))
    declared = read_shapes(shapes)
    variables = _names(wrt)
    source = expr.source if isinstance(expr, Program) else expr
    try:
        program = expr if isinstance(expr, Program) else _parsed(expr, declared, rulebook)
        typed = infer(program, declared, rulebook=rulebook, wrt=variables)
        _refuse_unsupported(typed, order, upstream, layout)
        lowered = lower(typed, rulebook)
        gradients = reverse_sweep(lowered, variables, rulebook, Simplifier(_given(lowered)))
    except DimderivError as error:
        raise error.located(source)  # noqa: B904  the same error, with its text added
    arranger = Arranger(taken=[*typed.symbols, *typed.definitions])
    answer = write_answer(program, lowered, gradients, arranger)
    answer = answer.inlined() if inline else _with_names(answer, typed, rulebook)
    derivation = Derivation(
        source=source,
        wrt=variables,
        typed=typed,
        rulebook=rulebook,
        gradients=gradients,
        answer=answer,
    )
    return derivation.verified() if verify else derivation


def _names(wrt: str | Sequence[str]) -> tuple[str, ...]:
    names = wrt.split(",") if isinstance(wrt, str) else list(wrt)
    cleaned = tuple(dict.fromkeys(name.strip() for name in names))
    if not cleaned or not all(cleaned):
        raise UnknownNameError(
            "no variable is named to differentiate by", hint='such as wrt="w" or wrt="W1,b1"'
        )
    return cleaned


def _parsed(source: str, declared: Mapping[str, object], rulebook: Rulebook) -> Program:
    functions = BUILTIN_FUNCTIONS | rulebook.functions
    return parse_program(source, names=declared, functions=functions)


def _refuse_unsupported(typed: Typed, order: int, upstream: str | None, layout: str) -> None:
    span = typed.program.statements[-1].value.span
    if layout not in LAYOUTS:
        raise UnknownNameError(f"the layout {layout!r} is unknown", hint=f"one of {LAYOUTS}")
    if order not in (1, 2):
        raise NotDifferentiableError(f"derivatives of order {order} are not supported")
    if order == 2:
        raise NotDifferentiableError("second derivatives are not supported yet")
    if upstream is not None:
        raise NotDifferentiableError("an upstream derivative is not supported yet")
    if not typed.value.is_scalar:
        raise NotDifferentiableError(
            f"the value is {_described(typed)}, and only the gradient of a scalar is supported yet",
            span=span,
            known=typed.assumptions,
            hint="make a scalar of it, for instance by sum(...), or declare the shapes that you mean",
        )
    if layout != "mixed":
        raise NotDifferentiableError(f"the {layout} layout is not supported yet")


def _with_names(answer: Answer, typed: Typed, rulebook: Rulebook) -> Answer:
    """The answer with names for its long parts that repeat."""

    def kind_of(part: Node) -> Kind:
        statements = [Statement(name, value) for name, value in answer.definitions.items()]
        program = Program((*statements, Statement(None, part)))
        shape = infer(program, dict(typed.symbols), rulebook=rulebook, wrt=()).value
        return "scalar" if shape.is_scalar else "matrix" if shape.is_matrix else "vector"

    dims = {name for found in typed.symbols.values() for d in found.shape for name in d.names}
    taken = {*typed.symbols, *typed.definitions, *answer.definitions, *dims, "I"}
    return name_repeats(answer, typed.definitions, taken, kind_of)


def _described(typed: Typed) -> str:
    shape = typed.value
    kind = "a matrix" if shape.is_matrix else "a row vector" if shape.is_row else "a vector"
    return f"{kind} ({shape})"


def _given(lowered: Lowered) -> set[Key]:
    """The keys of everything that the expression itself is made of."""
    seen: set[Key] = set()
    stack = [lowered.value]
    while stack:
        node = stack.pop()
        if node.key not in seen:
            seen.add(node.key)
            stack.extend(operands(node))
    return seen
