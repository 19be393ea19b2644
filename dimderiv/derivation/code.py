"""The source of functions that compute derivatives: dense, as operators, as layers.

What an operator applies and what a layer does backwards are answers themselves: the product of the
Hessian or the Jacobian with directions, or the product with a derivative that is handed down.
"""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from dimderiv import codegen, verify
from dimderiv.answer import Derived, Extent, Question
from dimderiv.derivation.claims import code_checked
from dimderiv.derivation.pipeline import without_collecting
from dimderiv.derivation.questions import products, with_upstream
from dimderiv.errors import NotDifferentiableError, UnknownNameError
from dimderiv.infer import Typed
from dimderiv.render import text

if TYPE_CHECKING:
    from dimderiv.codegen import Later
    from dimderiv.verify import CodeCheck

FORMS = ("dense", "operator")
APPLY, ADJOINT, BACKWARD = "apply", "apply_adjoint", "backward"
UPSTREAM = "upstream"
SizesGiven = Mapping[str, int] | None


def source_of(
    derived: Derived,
    later: Sequence[Derived],
    target: str,
    *,
    value: bool,
    layer: bool,
    sizes: SizesGiven,
) -> str:
    """The source of a function; what it computes when other arrays arrive, is derived already."""
    if layer:
        (backward,) = later
        return _layer_source(derived.question, backward, target, sizes)
    if later:
        return _operator_source(derived, later, target, sizes)
    return _dense_source(derived, target, value=value, sizes=sizes)


def code_check(
    source: str, derived: Derived, later: Sequence[Derived], *, value: bool, layer: bool
) -> "CodeCheck":
    """Compare what numpy code returns with the answers that it was made of."""
    if find_spec("numpy") is None:
        return verify.CodeCheck(0, 0, (), "numpy is not installed")
    if layer:
        made = codegen.function(source, codegen.NumpyWriter.layer_name)
        (backward,) = later
        names, (upstream,) = list(backward.question.valued.symbols), arriving(backward.question)
        return code_checked(backward, verify.layer(made, names, upstream), value=True)
    made = codegen.function(source, function_name(derived))
    names = list(derived.question.typed.symbols)
    if not later:
        return code_checked(derived, verify.dense(made, names, value=value), value=value)
    checks = []
    for method, each in zip((APPLY, ADJOINT), later, strict=False):
        run = verify.operator(made, names, method, arriving(each.question))
        checks.append(code_checked(each, run, value=False))
    return verify.all_together(checks)


def later_questions(question: Question, *, form: str, layer: bool) -> list[Question]:
    """What is asked besides for a function that computes something when other arrays arrive."""
    if layer:
        return [question if question.typed.upstream is not None else with_upstream(question)]
    return products(question) if form == "operator" else []


def refuse_contradictions(question: Question, *, value: bool, form: str, layer: bool) -> None:
    """Check that there is such a function for a question."""
    if form not in FORMS:
        raise UnknownNameError(f"the form {form!r} is unknown", hint=f"one of {', '.join(FORMS)}")
    if form == "dense" and not layer:
        return
    if layer and form == "operator":
        raise NotDifferentiableError(
            "a layer has a backward pass, and an operator is applied", hint="ask for one of them"
        )
    kind = "a layer" if layer else "an operator"
    if value:
        own = "its forward pass returns the value" if layer else "it has no value"
        raise NotDifferentiableError(f"{kind} takes no value: {own}", hint="leave out value")
    if question.directions:
        raise NotDifferentiableError(
            f"{kind} takes its directions later, and this is a derivative along some already",
            hint="ask the derivation by the variables",
        )
    if layer and question.order > 1:
        raise NotDifferentiableError(
            "the backward pass of a layer is a first derivative",
            known=[f"the order is {question.order}"],
            hint="ask for order 1",
        )
    if question.order > 2:
        raise NotDifferentiableError(
            f"an operator is a Jacobian or a Hessian, and the order is {question.order}",
            hint='form "dense"',
        )
    if not layer and question.gives_gradients:
        raise NotDifferentiableError(
            "the derivative of a scalar is a gradient, which is an array and no operator",
            hint='form "dense", or order 2 for the Hessian as an operator',
        )


@without_collecting()
def _dense_source(derived: Derived, target: str, *, value: bool, sizes: SizesGiven) -> str:
    """The source of a function that computes the derivatives."""
    question, extents = derived.question, _extents(derived)
    along = ", ".join(question.directions.values())
    by = f"{', '.join(question.wrt)}{f' along {along}' if along else ''}"
    shapes = ", ".join(f"{name}: {shape}" for name, shape in shapes_of(question).items())
    told = [f"{kind(question)} of {question.source.strip()} by {by}.", "", shapes, ""]
    return codegen.source(
        target,
        function_name(derived),
        question.valued if value else None,
        [derived.read],
        question.typed.symbols,
        docstring="\n".join([*told, text(derived.program, multiline=True)]),
        of=[extent.of for extent in extents.values()],
        wrt=[extent.by for extent in extents.values()],
        rulebook=question.rulebook,
        titles=list(extents),
        results=_several(derived),
        nodes=list(derived.nodes.values()),
        sizes=sizes,
    )


def _operator_source(
    derived: Derived, products: Sequence[Derived], target: str, sizes: SizesGiven
) -> str:
    """The source of a function that returns a Hessian or a Jacobian as an operator."""
    question, later, told = derived.question, [], list[str]()
    whole = kind(question)
    for name, each in zip((APPLY, ADJOINT), products, strict=False):
        names = arriving(each.question)
        given = ", ".join(names)
        factor = whole if name == APPLY else f"adjoint of the {whole}"
        sentence = f"The product of the {factor} with {given}."
        later.append(_later(each, name, sentence, names, {}))
        told += ["", f"{name}({given}) is", *_indented(each)]
    heading = f"{whole}, as an operator, of {_heading(question, question.typed)}"
    told = [heading, *told, "", "The arrays that it is made from are kept, not copied."]
    return codegen.operator_source(
        target,
        function_name(derived),
        later,
        question.typed.symbols,
        docstring="\n".join(told),
        rulebook=question.rulebook,
        sizes=sizes,
    )


def _layer_source(question: Question, backward: Derived, target: str, sizes: SizesGiven) -> str:
    """The source of a value as a layer that knows its backward pass."""
    (name,), value = arriving(backward.question), backward.question.valued
    by, own = ", ".join(question.wrt), question.typed.upstream is None
    sentence = f"The derivatives by {by} of what follows, given that by the value."
    called = {name: UPSTREAM} if own else {}
    later = _later(backward, BACKWARD, sentence, [name], called)
    named = f" of {name} = {UPSTREAM}" if own else ""
    told = ["", f"backward({called.get(name, name)}) is, by {by}{named},", *_indented(backward)]
    constants = [name for name in value.symbols if name not in question.wrt]
    if constants:
        told += ["", f"Constants, which have no derivative here: {', '.join(constants)}."]
    return codegen.layer_source(
        target,
        value,
        later,
        question.wrt,
        docstring="\n".join([f"The layer {_heading(question, value)}", *told]),
        rulebook=question.rulebook,
        sizes=sizes,
    )


def function_name(derived: Derived) -> str:
    """The name of the function, which means nothing else."""
    name = kind(derived.question).lower().replace(" ", "_").replace("-", "_")
    taken = {*derived.question.typed.symbols, *derived.answer.definitions}
    return f"{name}_" if name in taken else name


def arriving(question: Question) -> list[str]:
    """What a product is taken with: the directions, or the derivative that is handed down."""
    if question.directions:
        return list(question.directions.values())
    assert question.typed.upstream is not None, "a product is taken with something"
    return [question.typed.upstream]


def shapes_of(question: Question) -> dict[str, str]:
    """The shape of each symbol, declared or inferred, and of each declared function."""
    rulebook = question.rulebook
    return {name: str(found.shape) for name, found in question.typed.symbols.items()} | {
        name: rulebook[name].declaration for name in rulebook.declared
    }


def kind(question: Question) -> str:
    """What the derivatives are."""
    if question.directions:
        return "Derivative" if question.order == 1 else "Hessian-vector product"
    if question.order > 1:
        return "Hessian" if question.order == 2 else f"Derivative of order {question.order}"
    return "Gradient" if question.gives_gradients else "Jacobian"


def _later(
    derived: Derived, name: str, told: str, arriving: Sequence[str], called: Mapping[str, str]
) -> "Later":
    """The derivatives as what is computed when some symbols arrive."""
    extents, symbols = _extents(derived), derived.question.typed.symbols
    return codegen.Later(
        name,
        {symbol: symbols[symbol] for symbol in arriving},
        derived.read,
        _several(derived),
        [(extent.of, extent.by) for extent in extents.values()],
        list(extents),
        told,
        called,
        list(derived.nodes.values()),
    )


def _extents(derived: Derived) -> dict[str, Extent]:
    """What the axes of each derivative are, by its name, in the order of what functions return."""
    return {name: derived.extents[variables] for variables, name in derived.names.items()}


def _several(derived: Derived) -> list[str]:
    """The names of the derivatives, where there are several."""
    return list(derived.names.values()) if len(derived.names) > 1 else []


def _heading(question: Question, typed: Typed) -> str:
    shapes = ", ".join(f"{name}: {each.shape}" for name, each in typed.symbols.items())
    return f"{question.source.strip()} by {', '.join(question.wrt)}.\n\n{shapes}"


def _indented(derived: Derived) -> list[str]:
    return [f"    {line}" for line in text(derived.program, multiline=True).splitlines()]
