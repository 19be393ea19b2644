"""Derivatives as code in two stages: operators that are never formed, and layers.

What is applied later is itself a derivation: the product of the Hessian or the Jacobian with
directions, or the product with a derivative that is handed down.
"""

from collections.abc import Mapping, Sequence

from dimderiv import codegen, verify
from dimderiv.derivation.derivation import Derivation
from dimderiv.infer import Typed

APPLY, ADJOINT, BACKWARD = "apply", "apply_adjoint", "backward"
UPSTREAM = "upstream"


def operator_code(
    dense: Derivation, products: Sequence[Derivation], target: str, sizes: Mapping[str, int] | None
) -> str:
    """The source of a function that returns a Hessian or a Jacobian as an operator."""
    coder, later, told = dense.coder, [], list[str]()
    for name, each in zip((APPLY, ADJOINT), products, strict=False):
        arriving = _arriving(each)
        given = ", ".join(arriving)
        whole = coder.kind if name == APPLY else f"adjoint of the {coder.kind}"
        sentence = f"The product of the {whole} with {given}."
        later.append(each.coder.later(name, sentence, arriving))
        told += ["", f"{name}({given}) is", *_indented(each)]
    heading = f"{coder.kind}, as an operator, of {_heading(dense, dense.typed)}"
    told = [heading, *told, "", "The arrays that it is made from are kept, not copied."]
    return codegen.operator_source(
        target,
        coder.name,
        later,
        dense.typed.symbols,
        docstring="\n".join(told),
        rulebook=dense.rulebook,
        sizes=sizes,
    )


def layer_code(
    dense: Derivation, backward: Derivation, target: str, sizes: Mapping[str, int] | None
) -> str:
    """The source of a value as a layer that knows its backward pass."""
    arriving, value = _upstream(backward), backward.typed.plain
    assert value is not None, "a derivative that is handed down is that of a value"
    by = ", ".join(dense.wrt)
    own = dense.typed.upstream is None
    sentence = f"The derivatives by {by} of what follows, given that by the value."
    later = backward.coder.later(
        BACKWARD, sentence, [arriving], {arriving: UPSTREAM} if own else {}
    )
    given = f"backward({UPSTREAM})" if own else f"backward({arriving})"
    named = f" of {arriving} = {UPSTREAM}" if own else ""
    constants = [name for name in value.symbols if name not in dense.wrt]
    told = ["", f"{given} is, by {by}{named},", *_indented(backward)]
    if constants:
        told += ["", f"Constants, which have no derivative here: {', '.join(constants)}."]
    return codegen.layer_source(
        target,
        value,
        later,
        dense.wrt,
        docstring="\n".join([f"The layer {_heading(dense, value)}", *told]),
        rulebook=dense.rulebook,
        sizes=sizes,
    )


def check_operator(dense: Derivation, products: Sequence[Derivation], source: str) -> None:
    """Compare what the operator of numpy code returns with its products as they are printed."""
    # Imported here, since a derivation that nobody checks must not pay for it.
    from dimderiv.derivation.code_check import check_code, operator

    if source not in dense.code_checks:
        made, names = codegen.function(source, dense.coder.name), list(dense.typed.symbols)
        dense.code_checks[source] = verify.all_together(
            [
                check_code(each.coder, operator(made, names, method, _arriving(each)))
                for method, each in zip((APPLY, ADJOINT), products, strict=False)
            ]
        )


def check_layer(dense: Derivation, backward: Derivation, source: str) -> None:
    """Compare what the layer of numpy code returns with its backward pass as it is printed."""
    from dimderiv.derivation.code_check import check_code, layer

    if source not in dense.code_checks:
        names = list(backward.coder.valued.symbols)
        run = layer(
            codegen.function(source, codegen.NumpyWriter.layer_name), names, _upstream(backward)
        )
        dense.code_checks[source] = check_code(backward.coder, run, value=True)


def _arriving(derivation: Derivation) -> list[str]:
    return [*derivation.directions.values()] or [_upstream(derivation)]


def _upstream(derivation: Derivation) -> str:
    assert derivation.typed.upstream is not None
    return derivation.typed.upstream


def _heading(dense: Derivation, typed: Typed) -> str:
    shapes = ", ".join(f"{name}: {each.shape}" for name, each in typed.symbols.items())
    return f"{dense.source.strip()} by {', '.join(dense.wrt)}.\n\n{shapes}"


def _indented(derivation: Derivation) -> list[str]:
    return [f"    {line}" for line in derivation.text(multiline=True).splitlines()]
