"""The answer in LaTeX, with the names of derivatives as they are spelled there."""

from dimderiv import render
from dimderiv.answer.derived import Derived
from dimderiv.language import Name


def latex(derived: Derived) -> str:
    """An answer in LaTeX: a formula, or definitions and derivatives below each other.

    Args:
        derived: the answer.
    """
    spelled, functions = _spelled(derived), render.spellings(derived.question.rulebook)
    last = next(iter(derived.names.values()))
    statements = derived.program.statements
    if len(statements) == 1:
        return render.latex(statements[0].value, names=spelled, spellings=functions)
    lines = [
        render.equation(each.name or last, each.value, names=spelled, spellings=functions)
        for each in statements
    ]
    return render.align(lines)


def _spelled(derived: Derived) -> dict[str, str]:
    """How derivatives by symbols and intermediates, and along directions, are spelled."""
    question, tangents = derived.question, derived.record.tangents
    symbols, directions = question.typed.symbols, question.directions
    found = {
        f"d{name}": rf"\mathrm{{d}}{render.latex(Name(name))}"
        for name in (*symbols, *question.typed.definitions)
        if f"d{name}" not in symbols
    }
    moving = [node.name for node in tangents.named] if tangents else []
    for name in (*moving, *derived.names.values()):
        base, dot, _ = name.partition("_dot")
        if dot and name not in symbols:
            found[name] = rf"\dot{{{render.latex(Name(base), names=found)}}}"
    if question.order == 2 and directions:
        for (variable, *_), name in derived.names.items():
            product = rf"(\mathrm{{H}} {render.latex(Name(directions[variable]))})"
            found[name] = rf"{product}_{{{render.latex(Name(variable))}}}"
    return found
