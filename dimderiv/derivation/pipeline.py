"""From a question to what is derived: sweep, properties, matrix notation, names."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dimderiv.answer import (
    Answer,
    Derived,
    Extent,
    Found,
    PartKind,
    Question,
    Record,
    name_nested_forms,
    name_repeats,
    without_groups,
    write_answer,
)
from dimderiv.conform import Arranger, symbols
from dimderiv.derivation.no_gc import without_collecting
from dimderiv.derivation.sweeps import Sweeps
from dimderiv.differentiate import Gradients
from dimderiv.graph import Named, Node
from dimderiv.infer import infer
from dimderiv.language import SCALAR, Program, Shape, Statement, syntax

# How many symbols and operators a part may have that is written where it is used, however often.
MOST_INLINE = 3


@without_collecting()
def derived(question: Question) -> Derived:
    """The derivatives that a question asks for, not checked yet."""
    sweeps = Sweeps(question)
    if question.directions:
        return _along(sweeps) if question.order == 1 else _hessian_along(sweeps)
    return _gradients(sweeps) if question.order == 1 else _hessian(sweeps)


def _gradients(sweeps: Sweeps) -> Derived:
    """The first derivative by each variable."""
    question, found = sweeps.question, sweeps.restored.gradients(sweeps.gradients)
    if not question.structures:
        return _written(question, _by_variables(question, found.of), Record(found))
    of, free = sweeps.tied(found)
    first = _first(question, found)
    return _written(question, _by_variables(question, of), Record(found), free, first)


def _hessian(sweeps: Sweeps) -> Derived:
    """The second derivatives by each pair of variables."""
    question, second, shape = sweeps.question, sweeps.second(), _shapes(sweeps.question)
    blocks: Found = {
        (a, b): (node, Extent.laid_out(shape[a], shape[b], question.layout))
        for (a, b), node in second.of.items()
    }
    record = Record(sweeps.restored.gradients(sweeps.gradients), second.sweeps)
    return _written(question, blocks, record, first=_first(question, sweeps.gradients))


def _along(sweeps: Sweeps) -> Derived:
    """The derivative of the value along the directions, all variables together."""
    question, tangents = sweeps.question, sweeps.along([sweeps.lowered.value])
    (node,) = tangents.of
    found = {question.wrt: (node, Extent.laid_out(question.typed.value, SCALAR))}
    return _written(question, found, Record(tangents=tangents))


def _hessian_along(sweeps: Sweeps) -> Derived:
    """The derivative of each gradient along the directions."""
    question, found, shape = sweeps.question, sweeps.gradients, _shapes(sweeps.question)
    tangents = sweeps.along(list(found.of.values()), found.adjoints)
    blocks: Found = {
        (name,): (node, Extent.laid_out(shape[name], SCALAR))
        for name, node in zip(found.of, tangents.of, strict=True)
    }
    record = Record(sweeps.restored.gradients(found), tangents=tangents)
    return _written(question, blocks, record, first=_first(question, found))


def _first(question: Question, found: Gradients) -> Derived:
    """The gradients by free entries that second derivatives, or tied ones, are made from."""
    question = replace(question, order=1, layout="mixed", directions={}, structured=False)
    return _written(question, _by_variables(question, found.of), Record(found))


def _by_variables(question: Question, found: Mapping[str, Node]) -> Found:
    shape, value = _shapes(question), question.typed.value
    return {
        (name,): (node, Extent.laid_out(value, shape[name], question.layout))
        for name, node in found.items()
    }


def _shapes(question: Question) -> dict[str, Shape]:
    return {name: question.typed.symbols[name].shape for name in question.wrt}


def _written(
    question: Question,
    found: Found,
    record: Record,
    free: Sequence[Named] = (),
    first: Derived | None = None,
) -> Derived:
    """What the sweeps found, in matrix notation."""
    typed, tangents = question.typed, record.tangents
    skew = [name for name, each in typed.symbols.items() if "skew" in each.properties]
    taken = [*typed.symbols, *typed.definitions, *typed.functions]
    arranger = Arranger(taken=taken, skew=skew, sizes=typed.sizes)
    moving = tangents.named if tangents else ()
    answer = write_answer(
        typed.program, (*record.gradients.adjoints, *free, *moving), found, arranger
    )
    lent, given = tangents.lent if tangents else (), answer.definitions
    short = [name for name in lent if name in given and symbols(given[name]) <= MOST_INLINE]
    answer = answer.without(short) if short else answer
    answer = _with_names(question, answer.inlined() if question.inline else answer)
    extents = {names: extent for names, (_, extent) in found.items()}
    nodes = {names: node for names, (node, _) in found.items()}
    return Derived(question, answer, extents, record, nodes, first)


def _with_names(question: Question, answer: Answer) -> Answer:
    """The answer with names for its long parts that repeat, unless it is to be without."""
    typed = question.typed

    def kind_of(answer: Answer, part: syntax.Tree) -> PartKind:
        needed = [Statement(s.name, without_groups(s.value)) for s in answer.needed([part])]
        program = Program((*needed, Statement(None, part)))
        known = dict(typed.symbols)
        shape = infer(program, known, rulebook=question.rulebook, sizes=typed.sizes).value
        return "scalar" if shape.is_scalar else "matrix" if shape.is_matrix else "vector"

    taken = {*typed.names, "I"}
    answer = name_nested_forms(answer, typed.definitions, taken, kind_of)
    return answer if question.inline else name_repeats(answer, typed.definitions, taken, kind_of)
