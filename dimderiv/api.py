"""`derive`: from text to a checked derivative, the whole pipeline in one place."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from dimderiv.answer import Answer, Derivative, Variables, write_answer
from dimderiv.arrange import Arranger
from dimderiv.declarations import read_shapes
from dimderiv.derivation import Derivation
from dimderiv.differentiate import Gradients, Hessian, reverse_sweep, second_sweeps
from dimderiv.errors import DimderivError, NotDifferentiableError, UnknownNameError
from dimderiv.graph import Key
from dimderiv.graph import Node as GraphNode
from dimderiv.infer import Typed, infer
from dimderiv.language.parser import parse_program
from dimderiv.language.syntax import Node, Program, Statement
from dimderiv.language.vocabulary import BUILTIN_FUNCTIONS, canonical_name
from dimderiv.lower import Lowered, lower
from dimderiv.naming import Kind, name_nested_forms, name_repeats, without_groups
from dimderiv.partials import operands
from dimderiv.properties import Restorer, binds_entries
from dimderiv.rules import Rulebook, load_rules
from dimderiv.simplify import Simplifier
from dimderiv.upstream import handed_down

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
    """Derive the derivative of an expression by one or several variables, and check it.

    Args:
        expr: the expression, as text or as `parse` returns it.
        wrt: a name, `"W1,b1"`, or a sequence of names.
        shapes: `{"X": "m x n"}` or `"X: m x n; w: n"`; what is missing is inferred and reported.
        order: 1, or 2 for the Hessian of a scalar.
        upstream: a new name for a derivative that is handed down, of the shape of the value; the
            result is the vector-Jacobian product with it, what `backward(gradient=G)` computes.
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
        if upstream is not None:
            typed = handed_down(typed, upstream, rulebook, variables)
        _refuse_unsupported(typed, order, layout)
        free = [v for v in variables if binds_entries(typed.symbols[v].properties)]
        lowered = lower(typed, rulebook, free=free)
        simplify = Simplifier(_given([lowered.value]))
        gradients = reverse_sweep(lowered, variables, rulebook, simplify)
        restore = _restorer(typed, rulebook, lowered, free)
        # A Hessian is checked as the derivative of the gradient, whose variables are still free.
        shown = gradients if order == 2 else restore.gradients(gradients)
        derivation = _derivation(source, variables, typed, rulebook, shown, inline=inline)
        if order == 2:
            simplify = Simplifier(_given([lowered.value, *gradients.of.values()]))
            hessian = second_sweeps(lowered, gradients, variables, rulebook, simplify)
            derivation = _derivation(
                source,
                variables,
                typed,
                rulebook,
                restore.gradients(gradients),
                restore.hessian(hessian),
                derivation,
                inline=inline,
            )
    except DimderivError as error:
        raise error.located(source)  # noqa: B904  the same error, with its text added
    return derivation.verified() if verify else derivation


def _derivation(
    source: str,
    variables: tuple[str, ...],
    typed: Typed,
    rulebook: Rulebook,
    gradients: Gradients,
    hessian: Hessian | None = None,
    first: Derivation | None = None,
    *,
    inline: bool,
) -> Derivation:
    """The derivation of what the sweeps found, written in matrix notation."""
    found = _by_variable(gradients, typed) if hessian is None else _blocks(hessian, typed)
    arranger = Arranger(taken=[*typed.symbols, *typed.definitions])
    answer = write_answer(typed.program, gradients.adjoints, found, arranger)
    return Derivation(
        source=source,
        wrt=variables,
        typed=typed,
        rulebook=rulebook,
        gradients=gradients,
        answer=_with_names(answer.inlined() if inline else answer, typed, rulebook, inline=inline),
        order=1 if hessian is None else 2,
        first=first,
    )


def _restorer(typed: Typed, rulebook: Rulebook, lowered: Lowered, free: Sequence[str]) -> Restorer:
    """What gives the free variables their properties back, when all is differentiated."""
    whole = lower(typed, rulebook) if free else lowered
    symbols = whole.symbols.values() if free else ()
    return Restorer(symbols, Simplifier(_given([whole.value])))


def _names(wrt: str | Sequence[str]) -> tuple[str, ...]:
    names = wrt.split(",") if isinstance(wrt, str) else list(wrt)
    cleaned = tuple(dict.fromkeys(canonical_name(name.strip()) for name in names))
    if not cleaned or not all(cleaned):
        raise UnknownNameError(
            "no variable is named to differentiate by", hint='such as wrt="w" or wrt="W1,b1"'
        )
    return cleaned


def _parsed(source: str, declared: Mapping[str, object], rulebook: Rulebook) -> Program:
    functions = BUILTIN_FUNCTIONS | rulebook.functions
    return parse_program(source, names=declared, functions=functions)


def _by_variable(gradients: Gradients, typed: Typed) -> dict[Variables, Derivative]:
    return {
        (name,): Derivative(node, typed.value, typed.symbols[name].shape)
        for name, node in gradients.of.items()
    }


def _blocks(hessian: Hessian, typed: Typed) -> dict[Variables, Derivative]:
    return {
        (a, b): Derivative(node, typed.symbols[a].shape, typed.symbols[b].shape)
        for (a, b), node in hessian.of.items()
    }


def _refuse_unsupported(typed: Typed, order: int, layout: str) -> None:
    if layout not in LAYOUTS:
        raise UnknownNameError(f"the layout {layout!r} is unknown", hint=f"one of {LAYOUTS}")
    if order not in (1, 2):
        raise NotDifferentiableError(f"derivatives of order {order} are not supported")
    if order == 2 and not typed.value.is_scalar:
        raise NotDifferentiableError(
            f"a Hessian is that of a scalar, and the value is {typed.value}",
            span=typed.program.statements[-1].value.span,
            known=typed.assumptions,
            hint="make a scalar of it, for instance by sum(...), or ask for order 1",
        )
    if layout != "mixed":
        raise NotDifferentiableError(f"the {layout} layout is not supported yet")


def _with_names(answer: Answer, typed: Typed, rulebook: Rulebook, *, inline: bool) -> Answer:
    """The answer with names for its long parts that repeat, unless it is to be without."""

    def kind_of(answer: Answer, part: Node) -> Kind:
        needed = [Statement(s.name, without_groups(s.value)) for s in answer.needed([part])]
        program = Program((*needed, Statement(None, part)))
        known = dict(typed.symbols)
        shape = infer(program, known, rulebook=rulebook, sizes=typed.sizes).value
        return "scalar" if shape.is_scalar else "matrix" if shape.is_matrix else "vector"

    taken = {*typed.symbols, *typed.definitions, *typed.sizes, "I"}
    answer = name_nested_forms(answer, typed.definitions, taken, kind_of)
    return answer if inline else name_repeats(answer, typed.definitions, taken, kind_of)


def _given(values: list[GraphNode]) -> set[Key]:
    """The keys of everything that the values are made of."""
    seen: set[Key] = set()
    stack = list(values)
    while stack:
        node = stack.pop()
        if node.key not in seen:
            seen.add(node.key)
            stack.extend(operands(node))
    return seen
