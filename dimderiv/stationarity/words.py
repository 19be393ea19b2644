"""The way to a stationary point in words: each stage tells a sentence, with what fills it."""

from collections.abc import Collection, Sequence
from fractions import Fraction
from pathlib import Path

from dimderiv.answer import Answer
from dimderiv.explain import Speaker, markup_named, recorded, sentences_in
from dimderiv.graph import Node, Product, is_definite, is_positive
from dimderiv.language import (
    Binary,
    Call,
    Name,
    Number,
    Operator,
    Tree,
    unused_name,
)
from dimderiv.rulebook import Rulebook
from dimderiv.stationarity.eigen import Eigen
from dimderiv.stationarity.eliminating import ObstacleError, Solved
from dimderiv.stationarity.isolating import Divisor, Isolated
from dimderiv.stationarity.writing import Notation

Told = recorded.Sentence
ONCE = Number(Fraction(1))
MESSAGES = Path(__file__).with_name("messages")


def speaker(lang: str, markup: str, rulebook: Rulebook) -> Speaker:
    """Who says the sentences, in a language and a markup."""
    return Speaker(sentences_in(MESSAGES, lang), markup_named(markup, rulebook))


def reason(divisor: Divisor, notation: Notation) -> Told:
    """Why something may be divided by, or where."""
    fields = {str(k): notation.tree(node) for k, node in enumerate(divisor.of)}
    return Told(divisor.because, fields)


def condition_of(found: Sequence[Solved], notation: Notation) -> list[Told]:
    """The conditions under which a solution holds, each once."""
    every = [d for each in found for d in each.isolated.divisors if not d.holds]
    told = {repr(each): each for each in [reason(divisor, notation) for divisor in every]}
    return [*told.values(), *(_declared(each) for each in found if _is_doubtful(each))]


def _is_doubtful(solved: Solved) -> bool:
    """Whether a value need not have a property that was declared of the variable."""
    words = solved.unknown.properties
    definite = "spd" in words and bool(solved.value.axes) and not is_definite(solved.value)
    return definite or ("positive" in words and not is_positive(solved.value))


def _declared(solved: Solved) -> Told:
    """That a variable has the property that was declared of it."""
    key = "definite" if "spd" in solved.unknown.properties else "positive"
    return Told(key, {"0": Name(solved.unknown.name)})


def told_of(solved: Solved, notation: Notation) -> list[Told]:
    """How one equation was solved for one unknown."""
    name, found = solved.unknown.name, solved.isolated
    told = []
    new = solved.changes[-1].unknown.name if solved.changes else name
    if solved.put:
        known = recorded.Several(tuple(map(Name, solved.put)))
        told.append(Told("put", {"variable": Name(solved.equation), "known": known}))
    for change in solved.changes:
        parts: dict[str, recorded.Field] = {
            field: notation.tree(node, name) for field, node in change.nodes.items()
        }
        if change.key == "changed":
            parts |= {"variable": Name(name), "name": Name(new)}
        told.append(Told(change.key, parts))
    for each in found.cancelled:
        fields = {"matrix": notation.tree(each.node), "reason": reason(each, notation)}
        told.append(Told("cancelled", fields))
    equation = recorded.Equation(
        (_left_side(found, new, notation), notation.tree(found.known, name))
    )
    told.append(Told("collected", {"variable": Name(new), "equation": equation}))
    if equation.sides[0] != Name(new):
        solution = recorded.Equation((Name(new), notation.solved(found.solution, name)))
        told.append(_last(found, solution, notation))
    if new != name:
        solution = recorded.Equation((Name(name), notation.solved(solved.own, name)))
        told.append(Told("plain", {"solution": solution}))
    return told


def _left_side(found: Isolated, name: str, notation: Notation) -> Tree:
    """What has the unknown, as it is collected."""
    side: Tree = Call("vec", (Name(name),)) if found.way == "stacked" else Name(name)
    if found.left is not None:
        left = notation.tree(found.left)
        operator: Operator = ".*" if found.way == "entries" else "*"
        if found.way == "sylvester" or left != ONCE:
            side = Binary(operator, left, side)
    if found.right is not None:
        right = notation.tree(found.right)
        if found.way == "sylvester":
            return notation.total(side, Binary("*", Name(name), right))
        side = Binary("*", side, right)
    return side


def _last(found: Isolated, solution: recorded.Equation, notation: Notation) -> Told:
    """The sentence of the division."""
    if found.way == "both":
        assert found.left is not None
        assert found.right is not None
        sides = {"left": notation.tree(found.left), "right": notation.tree(found.right)}
        return Told("both", {**sides, "solution": solution})
    if not found.divisors:
        return Told("plain", {"solution": solution})
    (divisor,) = found.divisors
    key = "divided" if found.way in ("divided", "entries") else found.way
    fields: dict[str, recorded.Field] = {
        "reason": reason(divisor, notation),
        "solution": solution,
    }
    if found.way != "sylvester":
        fields["divisor"] = notation.tree(divisor.node)
    return Told(key if divisor.holds else f"{key}_if", fields)


def told_obstacle(error: ObstacleError, notation: Notation) -> Told:
    """What stands in the way of a closed form."""
    variable = {"variable": Name(error.unknown)}
    if error.node is None or len(error.node.axes) > 2:
        return Told("open", variable)
    key = "open_both" if isinstance(error.node, Product) else "open_by"
    return Told(key, {**variable, "part": notation.tree(error.node)})


def told_eigen(found: Eigen, name: str, taken: Collection[str], notation: Notation) -> Told:
    """That what is left is an eigenvalue problem."""
    value = Name("lambda" if "lambda" not in taken else unused_name("eta", taken))
    right = _in_front(value, notation.tree(found.right))
    fields: dict[str, recorded.Field] = {
        "variable": Name(name),
        "equation": recorded.Equation((notation.tree(found.left), right)),
        "value": recorded.Equation((value, notation.tree(found.value))),
    }
    return Told("eigen", fields)


def _in_front(scalar: Tree, tree: Tree) -> Tree:
    """A scalar times a product, as its first factor."""
    match tree:
        case Binary("*", left, right):
            return Binary("*", _in_front(scalar, left), right)
    return Binary("*", scalar, tree)


def told_rotation(name: str, turned: Node, notation: Notation) -> Told:
    """What is asked of the gradient by an orthogonal matrix."""
    return Told("rotated", {"variable": Name(name), "product": notation.tree(turned)})


def told_polar(name: str, turned: Node, answer: Answer, notation: Notation) -> list[Told]:
    """How an orthogonal matrix was found."""
    solution = recorded.Equation((Name(name), answer.inlined().derivatives[(name,)]))
    return [
        Told("dropped_out", {"variable": Name(name), "product": notation.tree(turned)}),
        Told("polar", {"solution": solution}),
    ]


def say_steps(voice: Speaker, told: Sequence[Told]) -> None:
    """Say a title, and numbered sentences."""
    first, *others = told
    voice.say(voice.sentence(first.key, **first.fields), level=0)
    for number, each in enumerate(others, start=1):
        voice.say(voice.sentence(each.key, **each.fields), level=0, head=f"{number}. ")


def said(told: Sequence[Told], lang: str, rulebook: Rulebook) -> tuple[str, ...]:
    """Sentences in plain text, each by itself."""
    lines = []
    for each in told:
        voice = speaker(lang, "text", rulebook)
        sentence = voice.sentence(each.key, **each.fields)
        for sign, formula in voice.markup.formulas.items():
            sentence = sentence.replace(sign, formula)
        lines.append(" ".join(sentence.split()))
    return tuple(lines)
