"""The answer in LaTeX, with the names of derivatives as they are spelled there."""

from collections.abc import Mapping

from dimderiv import render
from dimderiv.answer.derived import Derived
from dimderiv.language import Name, Shape, names_in_brackets


def latex(derived: Derived, *, left: bool = False) -> str:
    """An answer in LaTeX: a formula, or definitions and derivatives below each other.

    Args:
        derived: the answer.
        left: whether a formula alone says on its left what it is.
    """
    spelled, functions = _spelled(derived), render.spellings(derived.question.rulebook)
    typed = derived.question.typed
    sizes = typed.sizes | names_in_brackets(typed.symbols)
    last = next(iter(derived.names.values()))
    statements = derived.program.statements
    if len(statements) == 1:
        formula = render.latex(statements[0].value, names=spelled, spellings=functions, sizes=sizes)
        return f"{_left_side(derived, spelled)} = {formula}" if left else formula
    lines = [
        render.equation(
            each.name or last, each.value, names=spelled, spellings=functions, sizes=sizes
        )
        for each in statements
    ]
    return render.align(lines)


def _left_side(derived: Derived, spelled: Mapping[str, str]) -> str:
    """What a lone derivative is: a nabla, or a quotient; else its name."""
    question, typed = derived.question, derived.question.typed
    ((variables, name),) = derived.names.items()
    value = typed.program.statements[-1].name or "f"
    is_square = len({*variables}) == 1 and question.order <= 2
    is_other = bool(typed.upstream or question.directions)
    if is_other or not is_square or (value == "f" and value in typed.names):
        return render.latex(Name(name), names=spelled)
    over, under = (render.latex(Name(each)) for each in (value, variables[0]))
    if typed.value.is_scalar and question.layout == "mixed":
        power = "^{2}" if question.order == 2 else ""
        return rf"\nabla{power}_{{{under}}} {over}"
    found = derived.derivatives[variables]
    if found.form != "index" and not typed.value.is_scalar:
        over, under = _stacked(over, found.of), _stacked(under, found.by)
        if question.layout == "denominator":
            over += r"^{\top}"
        else:
            under += r"^{\top}"
    return rf"\frac{{\partial {over}}}{{\partial {under}}}"


def _stacked(name: str, shape: Shape) -> str:
    """A name, with its columns stacked where it is a matrix."""
    return rf"\operatorname{{vec}}({name})" if shape.is_matrix else name


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
