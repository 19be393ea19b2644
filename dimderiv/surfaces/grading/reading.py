"""The text of an answer, read beside the expression that it is to be the derivative of."""

from dataclasses import replace

from dimderiv.answer import Question, Variables
from dimderiv.derivation import read_foreign, recognised
from dimderiv.errors import DimderivError, ParseError, ShapeError, UnknownNameError
from dimderiv.infer import Typed, needs_sizes
from dimderiv.language import (
    ZERO,
    Call,
    Declaration,
    Name,
    Program,
    Shape,
    Statement,
    frozen,
    names_in_brackets,
    parse_program,
)

# Names that mean something wherever they stand.
CONSTANTS = frozenset({"I", "pi"})


@frozen.record
class Answer:
    """An answer of somebody's.

    Attributes:
        program: what was written.
        shape: the shape that it has; nothing where its parts do not conform.
        misfit: where they do not conform.
    """

    program: Program
    shape: Shape | None = None
    misfit: ShapeError | None = None


def read_program(text: str, question: Question, source: str = "dimderiv") -> Program:
    """A text as a program, in which the names of the expression mean what they mean there.

    Args:
        text: the answer as it was given.
        question: what is differentiated.
        source: the language of the expression; an answer may be in that one, or in ours.

    Raises:
        DimderivError: it cannot be read, or has a name that nobody defined.
    """
    if not text.strip():
        raise ParseError("there is no answer", hint='such as "2 X\' (X w - y)"')
    shown = recognised(text)
    if shown != "dimderiv" or source == "dimderiv":
        program = _read(text, question, shown)
    else:
        # `X * w` has another meaning in code; what LaTeX has, ours mostly has too.
        first, second = (source, shown) if source == "numpy" else (shown, source)
        try:
            program = _read(text, question, first)
        except DimderivError as error:
            try:
                program = _read(text, question, second)
            except DimderivError:
                raise error from None
    # What repeats the expression is right, and need not be looked at.
    repeated = question.typed.program.statements
    own = [each for each in program.statements[:-1] if each not in repeated]
    return replace(program, statements=(*own, program.statements[-1]))


def _read(text: str, question: Question, language: str) -> Program:
    """An answer in one language."""
    typed, rulebook = question.typed, question.rulebook
    if language != "dimderiv":
        defined = {n: Declaration(s, text=str(s)) for n, s in typed.definitions.items()}
        known = {**typed.symbols, **defined}
        text = read_foreign(text, language, declared=known, rulebook=rulebook).text
    sizes = names_in_brackets(typed.symbols)
    names = sizes.union(typed.symbols, typed.definitions)
    program = parse_program(text, names=names, functions=rulebook.words, sizes=sizes)
    _refuse_unknown(program, question, text)
    return program


def _refuse_unknown(program: Program, question: Question, text: str) -> None:
    """Refuse a name that is neither in the expression nor defined in the answer."""
    letters = {letter for part in program.parts for letter in _letters(part)}
    known = {*question.typed.names, *CONSTANTS, *letters}
    known.update(each.name for each in program.statements if each.name)
    for part in program.parts:
        if isinstance(part, Name) and part.name not in known:
            there = ", ".join([*question.typed.symbols, *question.typed.definitions])
            sizes = ", ".join(sorted(question.typed.sizes))
            raise UnknownNameError(
                f"the answer has {part.name}, which is not in the expression",
                span=part.span,
                source=text,
                known=[f"the sizes are {sizes}"] if sizes else [],
                hint=f"one of {there}; or define it: {part.name} = ...; ...; or, if it is a size, "
                "name it by declaring the shapes, such as X: N x d",
            )


def _letters(part: object) -> list[str]:
    """The letters that a part binds."""
    bound = getattr(part, "letters", ()) or getattr(part, "over", ())
    return [letter for letter, _ in bound]


def answers_to(program: Program, names: dict[Variables, str]) -> dict[Variables, Program]:
    """The part of an answer that is about each derivative.

    Args:
        program: the whole answer.
        names: what each derivative is called, where there are several: `dW`, `db`.

    Raises:
        UnknownNameError: some derivative has no definition.
    """
    if len(names) == 1:
        return dict.fromkeys(names, program)
    found: dict[Variables, Program] = {}
    for variables, name in names.items():
        places = [k for k, each in enumerate(program.statements) if each.name == name]
        if not places:
            every = "; ".join(f"{each} = ..." for each in names.values())
            raise UnknownNameError(f"the answer does not define {name}", hint=every)
        *before, last = program.statements[: places[-1] + 1]
        value = Statement(None, last.value, last.span)
        found[variables] = Program((*before, value), program.source)
    return found


def with_shapes(program: Program, question: Question, wanted: Shape) -> Answer:
    """An answer with its shape, and all its sums named.

    Args:
        program: the answer.
        question: what it answers.
        wanted: the shape of the derivative.
    """
    program = _with_zeros(program, wanted)
    try:
        typed = typed_beside(program, question, wanted)
    except ShapeError as error:
        return Answer(program, misfit=error)
    return Answer(typed.settled if needs_sizes(program) else program, typed.value)


def _with_zeros(program: Program, wanted: Shape) -> Program:
    """An answer that is 0, as an array of zeros: there is no other zero of that shape."""
    *before, last = program.statements
    if wanted.is_scalar or wanted.has_more_axes or last.value != ZERO:
        return program
    zeros = Statement(last.name, Call("matrix", (last.value,)), last.span)
    return replace(program, statements=(*before, zeros))


def typed_beside(program: Program, question: Question, wanted: Shape | None = None) -> Typed:
    """A program with the shapes that its names have in the expression.

    Args:
        program: an answer, or a part of one.
        question: what it answers.
        wanted: the shape of its value, if that is known.
    """
    own = {each.name for each in program.statements}
    told = {n: s for n, s in question.typed.definitions.items() if n not in own}
    try:
        return question.typed_again(program, told, wanted)
    except DimderivError as error:
        raise error.located(program.source)  # noqa: B904  the same error, with its text added
