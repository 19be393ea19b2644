"""A test beside code: it is run, on arrays that suit it, before it is handed out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from dimderiv import codegen
from dimderiv.answer import Derived, Question
from dimderiv.derivation.claims import unequal_sizes
from dimderiv.derivation.code import function_name, source_of
from dimderiv.derivation.fitting import parts_of
from dimderiv.differentiate import binding
from dimderiv.errors import LimitError, NotDifferentiableError, VerificationError
from dimderiv.language import STOP, Call

if TYPE_CHECKING:
    from dimderiv.codegen import Compared, Tested

# Of how many entries differences are taken, and of what order.
MOST_ENTRIES, HIGHEST_ORDER = 2000, 2
SEEDS = range(3)
MOST_REASONS = 3
# At how many sizes code is compared at least, and how many more are tried.
WANTED, MORE_SIZES = 2, 3


class Drawn(NamedTuple):
    """How arrays are drawn: their sizes, the kind of entries, and the seed of their numbers."""

    sizes: list[dict[str, int]]
    style: str
    seed: int


def gradcheck(
    derived: Derived,
    later: Sequence[Derived],
    target: str,
    code: str,
    *,
    value: bool,
    layer: bool,
    sizes: Mapping[str, int] | None,
    module: str | None,
) -> str:
    """The source of a test of code, beside it or below it.

    Args:
        derived: the derivatives.
        later: what is derived for an operator or a layer.
        target: that of the code.
        code: its source.
        value: whether it returns the value too.
        layer: whether it is a layer.
        sizes: a number for each named size, where the code is to be the best at these sizes.
        module: the module that the code is in; without one the test comes with it.

    Raises:
        NotDifferentiableError: there is no such test for what the code computes.
        LimitError: the declared sizes are too large.
        VerificationError: no arrays are found at which code and differences agree.
    """
    _refuse(derived)
    tested = _tested(derived, later, target, code, value=value, layer=layer)
    tried = tested
    if target != "numpy":
        plain = source_of(derived, later, "numpy", value=value, layer=layer, sizes=sizes)
        tried = _tested(derived, later, "numpy", plain, value=value, layer=layer)
    every, count = codegen.reaching(code, _small(tested, unequal_sizes(derived)))
    drawn = _suiting(tried, every[: count + MORE_SIZES], max(count, min(WANTED, len(every))))
    tested = replace(tested, sizes=drawn.sizes)
    return codegen.test_source(tested, drawn.style, drawn.seed, module)


def _refuse(derived: Derived) -> None:
    question = derived.question
    if question.rulebook.declared:
        names = ", ".join(question.rulebook.declared)
        raise NotDifferentiableError(
            f"there is no test of code in which a function is not known: {names}",
            hint="leave out the test, or write out the function",
        )
    if any(isinstance(part, Call) and part.function == STOP for part in parts_of(question.typed)):
        raise NotDifferentiableError(
            "there is no test of stop(x): differences of the value move what it holds",
            hint="leave out the test",
        )
    is_tied = any(binding(question.typed.symbols[name].properties) for name in question.wrt)
    for name in _of_symmetric(question) if is_tied else ():
        raise NotDifferentiableError(
            f"there is no test of {name} by a symmetric matrix: its entries do not move alone",
            hint="leave out the test",
        )
    if question.order > HIGHEST_ORDER:
        raise NotDifferentiableError(
            f"there are tests of first and second derivatives, and the order is {question.order}",
            hint="leave out the test",
        )


def _of_symmetric(question: Question) -> Iterator[str]:
    """The functions in an expression that only symmetric matrices have."""
    for part in parts_of(question.typed):
        rule = question.rulebook.rules.get(part.function) if isinstance(part, Call) else None
        if rule is not None and rule.symmetric:
            yield rule.name


def _tested(
    derived: Derived,
    later: Sequence[Derived],
    target: str,
    code: str,
    *,
    value: bool,
    layer: bool,
) -> "Tested":
    question, every = derived.question, [*later] or [derived]
    symbols = {n: known for each in every for n, known in each.question.typed.symbols.items()}
    return codegen.Tested(
        target=target,
        code=code,
        name=codegen.writer_of(target).layer_name if layer else function_name(derived),
        value=_value_source(question, target),
        computed=[_compared(each) for each in every],
        symbols=symbols,
        returns_value=value,
        form="layer" if layer else "operator" if later else "dense",
    )


def _small(tested: "Tested", every: Sequence[dict[str, int]]) -> list[dict[str, int]]:
    """The sizes at which differences by each entry are soon made."""
    shapes = [
        [tested.symbols[name].shape for name in names]
        for computed in tested.computed
        for names in computed.titles
    ]
    counts = [
        max(prod(dim.evaluate(sizes) for shape in each for dim in shape) for each in shapes)
        for sizes in every
    ]
    found = [s for s, count in zip(every, counts, strict=True) if count <= MOST_ENTRIES]
    if not found:
        raise LimitError(
            f"a test takes differences by each entry of the variables, which are {counts[0]} here",
            hint="names for the sizes in place of numbers: a test has small ones",
        )
    return found


def _value_source(question: Question, target: str) -> str:
    """The source of a function of the value, in which all entries of the variables are free.

    Otherwise `S[0,1]` would not move where a symmetric `S` is read by its lower triangle.
    """
    typed = question.valued
    free = {
        name: replace(known, properties=frozenset()) if name in question.wrt else known
        for name, known in typed.symbols.items()
        if name not in question.directions.values()
    }
    return codegen.source(
        target,
        "value",
        None,
        [replace(typed, symbols=free)],
        free,
        docstring=f"The value of {question.source.strip()}.",
        rulebook=question.rulebook,
        titles=["value"],
    )


def _compared(derived: Derived) -> "Compared":
    question = derived.question
    return codegen.Compared(
        titles=derived.names,
        order=question.order,
        upstream=question.typed.upstream,
        directions=question.directions,
        structures=question.structures,
    )


def _suiting(tested: "Tested", every: Sequence[dict[str, int]], wanted: int) -> Drawn:
    """How arrays are drawn at which the code agrees, at so many sizes, and is not 0."""
    found, reasons, disagreed = list[tuple[bool, int, Drawn]](), dict[str, None](), set[int]()
    for seed, style in product(SEEDS, codegen.STYLES):
        agreeing, is_telling = list[int](), True
        for place, sizes in enumerate(every):
            try:
                is_telling &= _agrees(replace(tested, sizes=[sizes]), style, seed)
                agreeing.append(place)
            except AssertionError as error:
                # Other sizes are no substitute for those at which the code is wrong.
                disagreed.add(place)
                reasons[str(error)] = None
                is_telling = False
            except ArithmeticError as error:
                reasons[str(error)] = None
            if len(agreeing) == wanted:
                break
        if agreeing:
            drawn = Drawn([every[place] for place in agreeing], style, seed)
            found.append((is_telling, len(agreeing), drawn))
            disagreed.difference_update(agreeing)
        if agreeing and is_telling and len(agreeing) == wanted:
            return drawn
    if disagreed or not found:
        raise VerificationError(
            "no arrays were found at which the code agrees with differences of the value",
            known=list(reasons)[:MOST_REASONS],
            hint="leave out the test",
        )
    return max(found, key=lambda each: each[:2])[-1]


def _agrees(tested: "Tested", style: str, seed: int) -> bool:
    """Whether code agrees with differences that are not all nearly 0.

    Raises:
        AssertionError: it disagrees.
        ArithmeticError: it has no value at these arrays.
    """
    try:
        return codegen.attempt(tested, style, seed)
    except (AssertionError, ArithmeticError):
        raise
    except ImportError as error:
        raise VerificationError(
            f"a test is run before it is handed out, and {error}", hint="leave out the test"
        ) from error
    except Exception as error:  # whatever the code may raise outside of its domain
        raise ArithmeticError(f"{type(error).__name__}: {error}") from error
