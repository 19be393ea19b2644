"""`derive`: from text to a checked derivative, the whole pipeline in one place."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from os import PathLike

from dimderiv import sources
from dimderiv.answer import LAYOUTS, Layout, Question
from dimderiv.derivation.claims import judge_named
from dimderiv.derivation.derivation import Derivation
from dimderiv.derivation.intermediates import with_symbols
from dimderiv.derivation.nested import in_their_places
from dimderiv.derivation.pipeline import derived
from dimderiv.derivation.reading import name_read, read
from dimderiv.errors import DimderivError, NotDifferentiableError, ParseError, UnknownNameError
from dimderiv.infer import Typed, handed_down, infer, refuse_second_meanings, with_directions
from dimderiv.language import (
    BUILTIN_FUNCTIONS,
    Declaration,
    Program,
    Shapes,
    canonical_name,
    declared_part,
    indexed,
    parse_program,
    possible_names,
    read_shapes,
    without_definitions,
)
from dimderiv.rulebook import Rulebook, load_rules, with_declared

# The array of a higher one has more entries than anyone reads.
HIGHEST_ORDER = 5


def parse(source: str, *, names: Sequence[str] = (), functions: Sequence[str] = ()) -> Program:
    """Read a text of the language.

    Args:
        source: one or more statements, separated by `;` or newlines.
        names: declared symbols, which may have more than one letter.
        functions: the names of functions that `derive` will be told of, as in `f: n -> scalar`.

    Returns:
        The syntax tree, which `derive` accepts in place of the text.

    Raises:
        ParseError: the text is no expression of the language.
        LimitError: it is too long or too deep.

    >>> parse("A x").statements[0].value
    Binary(operator='*', left=Name(name='A'), right=Name(name='x'))
    """
    known = [canonical_name(name) for name in functions]
    declared = {name for each in known for name in possible_names(each)}
    return parse_program(source, names=names, functions=BUILTIN_FUNCTIONS | declared)


def derive(
    expr: str | Program | Callable[..., object],
    wrt: str | Sequence[str],
    *,
    shapes: Shapes = None,
    order: int = 1,
    upstream: str | None = None,
    forward: str | Sequence[str] | None = None,
    layout: str = "mixed",
    structured: bool = False,
    verify: bool | str = True,
    rules: str | PathLike[str] | Sequence[str | PathLike[str]] = (),
    inline: bool = False,
    source: str | None = None,
) -> Derivation:
    """Derive the derivative of an expression by one or several variables, and check it.

    Args:
        expr: the expression, as text or as `parse` returns it, or a function written with NumPy,
            JAX or PyTorch, of which the source is read and nothing is run.
        wrt: a name, `"W1,b1"`, or a sequence of names.
        shapes: `{"X": "m x n"}` or `"X: m x n; w: n"`; what is missing is inferred and reported.
            `"f: m x n -> scalar"` declares a function of which nothing else is known.
        order: 1, or 2 for the Hessian of a scalar; a higher one has the axes of each variable in
            turn.
        upstream: a new name for a derivative that is handed down, of the shape of the value; the
            result is the vector-Jacobian product with it, what `backward(gradient=G)` computes.
        forward: a new name for a direction of each variable, `"V"` or `"V,v"`, of the variable's
            shape; the result is the Jacobian-vector product, of the shape of the value: the
            derivative of the value along the directions, what `jax.jvp` computes.
        layout: `"mixed"`: a gradient has the shape of the variable, a Jacobian is value by
            variable; `"numerator"`: a gradient is transposed too; `"denominator"`: a Jacobian is
            variable by value.  What code computes is the same in all three.
        structured: whether entries that a property of a variable ties move together, so that the
            gradient by a symmetric `S` is `G + G' - G .* I`; otherwise all entries are free.
        verify: whether to check every answer entry by entry; a failed check withholds it.
            `"sympy"` has sympy differentiate every entry, and prove that nothing is left.
        rules: files with rules of your own.
        inline: whether to write the answer without names for intermediates.
        source: the language of the text, `"dimderiv"`, `"latex"` or `"numpy"`; it is recognised
            where the text shows it, and the assumptions say what was read.

    Returns:
        The derivation, whose `str` is the answer in the language itself.

    Raises:
        DimderivError: one of its subclasses says what is wrong, where, what was known and what to
            try; `VerificationError` if the answer did not pass its check.

    >>> print(derive("||Xw-y||^2", "w"))
    2 X' (X w - y)
    """
    if callable(expr):
        expr, source = sources.source_of(expr), "numpy"
    if not isinstance(expr, (str, Program)):
        raise ParseError(f"an expression is a text, not {expr!r}", hint='such as "x\' A x"')
    judge = judge_named(verify)
    files = [rules] if isinstance(rules, (str, PathLike)) else rules
    if not isinstance(files, Sequence):
        raise ParseError(f"rules are files, not {rules!r}", hint='such as "my.toml"')
    rulebook = load_rules(*files)
    known = read_shapes(shapes)
    rulebook = with_declared(rulebook, known)
    declared: Mapping[str, Declaration] = {
        name: found for name, found in known.items() if not found.is_function
    }
    variables = _names(wrt)
    text = expr.source if isinstance(expr, Program) else expr
    said = ""
    try:
        program = expr
        if not isinstance(program, Program):
            program, declared, said = read(program, source, declared, variables, rulebook)
            text = program.source
        variables = tuple(dict.fromkeys(_meant(name, program) for name in variables))
        defined = {each.name for each in program.statements}
        symbols = [name for name in variables if name not in defined]
        typed = infer(program, declared, rulebook=rulebook, wrt=symbols)
        refuse_second_meanings(typed, declared)
        unused = _unused(known, typed)
        typed = with_symbols(typed, declared, rulebook, variables)
        typed, inner = in_their_places(typed, rulebook, variables, text)
        if inline:
            typed = _in_one_expression(typed, rulebook)
        if upstream is not None:
            typed = handed_down(typed, upstream, rulebook, variables)
        _refuse_unsupported(typed, order)
        directions: Mapping[str, str] = {}
        if forward is not None:
            _refuse_beside_forward(upstream, order, layout, structured)
            typed, directions = with_directions(typed, variables, forward, declared)
        if structured:
            _refuse_beside_structured(typed, order)
        question = Question(
            text,
            variables,
            typed,
            rulebook,
            order=order,
            inline=inline,
            layout=_layout(layout),
            directions=directions,
            structured=structured,
            unused=tuple(name for name in unused if name not in typed.symbols),
            read_as=said,
            inner=inner,
        )
        derivation = Derivation(derived(question))
    except DimderivError as error:
        raise error.located(text)  # noqa: B904  the same error, with its text added
    return derivation if judge is None else derivation.verified(judge=judge)


def _unused(known: Mapping[str, Declaration], typed: Typed) -> tuple[str, ...]:
    """The names that are declared and do not occur, or defined and not used."""
    statements, used = typed.program.statements, typed.program.names
    called = {declared_part(call.function)[0] for call in typed.program.calls}
    declared = [name for name in known if name not in used | called | typed.symbols.keys()]
    defined = [each.name for each in statements[:-1] if each.name and each.name not in used]
    return (*(name for name in declared if name not in typed.sizes), *defined)


def _in_one_expression(typed: Typed, rulebook: Rulebook) -> Typed:
    """The program without definitions, with the shapes that it has with them."""
    program = without_definitions(typed.program)
    found = infer(
        program,
        dict(typed.symbols),
        rulebook=rulebook,
        value=typed.value,
        sizes=typed.sizes,
    )
    return replace(
        found,
        symbols={**typed.symbols, **found.symbols},
        assumptions=typed.assumptions,
        doubts=typed.doubts,
        given=typed.given,
    )


def _names(wrt: str | Sequence[str]) -> tuple[str, ...]:
    names = wrt.split(",") if isinstance(wrt, str) else wrt
    if not isinstance(names, Sequence) or not all(isinstance(name, str) for name in names):
        raise UnknownNameError(
            f"the variables are names, not {wrt!r}", hint='such as wrt="w" or wrt=["W1", "b1"]'
        )
    cleaned = tuple(dict.fromkeys(canonical_name(name_read(name.strip())) for name in names))
    if not cleaned or not all(cleaned):
        raise UnknownNameError(
            "no variable is named to differentiate by", hint='such as wrt="w" or wrt="W1,b1"'
        )
    return cleaned


def _layout(name: str) -> Layout:
    for layout in LAYOUTS:
        if layout == name:
            return layout
    raise UnknownNameError(f"the layout {name!r} is unknown", hint=f"one of {', '.join(LAYOUTS)}")


def _meant(name: str, program: Program) -> str:
    """A variable of the program, which may be written as an entry of it is: `z_k`.

    In Python the name `lambda` needs a sign behind it, as in generated code.
    """
    plain = name.rstrip("_")
    if name in program.names or plain in program.names:
        return name if name in program.names else plain
    return indexed.meant(name, program)


def _refuse_unsupported(typed: Typed, order: int) -> None:
    if not isinstance(order, int) or order not in range(1, HIGHEST_ORDER + 1):
        raise NotDifferentiableError(
            f"derivatives of order {order} are not supported", hint=f"from 1 to {HIGHEST_ORDER}"
        )
    if order > 1 and not typed.value.is_scalar:
        what = "a Hessian" if order == 2 else f"a derivative of order {order}"
        raise NotDifferentiableError(
            f"{what} is that of a scalar, and the value is {typed.value}",
            span=typed.program.statements[-1].value.span,
            known=typed.assumptions,
            hint="make a scalar of it, for instance by sum(...), or ask for order 1",
        )


def _refuse_beside_forward(upstream: str | None, order: int, layout: str, structured: bool) -> None:
    """Refuse what has no meaning, or another name, together with directions."""
    if upstream is not None:
        raise NotDifferentiableError(
            "upstream and forward are two products with the Jacobian, from either side",
            hint="ask for one of them",
        )
    if order > 1:
        raise NotDifferentiableError(
            "a second derivative along a direction is a Hessian-vector product",
            hint='ask for that: derive(...).hvp("v"), on the command line --hvp v',
        )
    if layout != "mixed":
        raise NotDifferentiableError(
            "a derivative along a direction has the shape of the value in every layout",
            hint="leave out the layout",
        )
    if structured:
        raise NotDifferentiableError(
            "a derivative along a direction takes the entries as the direction has them",
            hint="leave out structured, and multiply by a direction that has the property",
        )


def _refuse_beside_structured(typed: Typed, order: int) -> None:
    if order != 1 or not typed.value.is_scalar:
        asked = "not second derivatives" if order != 1 else f"and the value is {typed.value}"
        scalar = ", or make a scalar of the value: tr(...), sum(...), upstream"
        raise NotDifferentiableError(
            f"structured gives gradients of scalars, {asked}",
            known=typed.assumptions,
            hint=f"leave out structured{scalar if order == 1 else ''}",
        )
