"""Write the example of ARCHITECTURE.md: the data as they leave each room.

python -m tests.architecture
"""

import re
from collections.abc import Mapping
from dataclasses import fields
from fractions import Fraction
from pathlib import Path

from dimderiv import derive
from dimderiv.codegen.plan.demands import Demands
from dimderiv.codegen.plan.plan import Plan
from dimderiv.codegen.plan.planner import Planner
from dimderiv.codegen.plan.show import show as show_plan
from dimderiv.conform.arrange import Arranger
from dimderiv.differentiate.reverse import reverse_sweep
from dimderiv.graph.nodes import Node
from dimderiv.graph.show import show
from dimderiv.graph.walk import keys_of
from dimderiv.language.syntax import Name, Number
from dimderiv.lower.builder import lower
from dimderiv.render.text import text
from dimderiv.rulebook.rulebook import builtin_rules
from dimderiv.simplify.simplify import Simplifier

DOCUMENT = Path(__file__).parent.parent / "ARCHITECTURE.md"
BLOCK = re.compile(r"(?<=```text\n).*?(?=```)", re.DOTALL)
EXPRESSION, VARIABLE = "||Xw-y||^2", "w"
COLUMN = 15


def walk() -> str:
    """The example: each room, and its lines."""
    lines = []
    for room, texts in rooms().items():
        heads = [room, *[""] * (len(texts) - 1)]
        lines += [
            f"{head:{COLUMN}}{text}".rstrip() for head, text in zip(heads, texts, strict=True)
        ]
    return "\n".join(lines) + "\n"


def rooms() -> Mapping[str, list[str]]:
    """What the data are when they leave each room, line by line."""
    derivation = derive(EXPRESSION, VARIABLE)
    rulebook, typed = builtin_rules(), derivation.typed
    lowered = lower(typed, rulebook)
    simplify = Simplifier(keys_of([lowered.value]), (), rulebook)
    found = reverse_sweep(lowered, [VARIABLE], rulebook, simplify)
    gradient = simplify(found.of[VARIABLE])
    form, plan = Arranger().piece(gradient), Plan({})
    operation = Planner(plan, Demands([gradient])).result(gradient)
    arrived = [(visit.node, visit.upstream) for visit in found.visits]
    arrived.append((lowered.symbols[VARIABLE], found.of[VARIABLE]))
    checked = str(derivation.verification).partition("), ")[0]
    code = [line.removeprefix("    ") for line in derivation.code().splitlines()]
    return {
        "language": [tree(typed.program.statements[-1].value)],
        "rulebook": [f"norm2 is {rulebook['norm2'].definition}"],
        "infer": [f"{'; '.join(typed.assumptions)}; the value is a {typed.value}"],
        "lower": show(lowered.value).splitlines(),
        "differentiate": [received(node, upstream) for node, upstream in arrived],
        "simplify": show(gradient).splitlines(),
        "conform": [f"{text(each.tree):15} costs {float(each.cost):g}" for each in form],
        "render": [derivation.text(), derivation.latex()],
        "answer": [f"{VARIABLE}: {text(derivation.program)}, and no part that pays for a name"],
        "explain": derivation.explain(answer=False).splitlines()[-11:-3],
        "verify": [f"{checked})"],
        "codegen": [*show_plan([operation]).splitlines(), "", *code[-6:]],
    }


def received(node: Node, upstream: Node) -> str:
    """What arrives at a node of the sweep."""
    (arriving, *_), (place, *_) = (show(each).splitlines() for each in (upstream, node))
    return f"{arriving:22} arrives at {place}"


def tree(node: object) -> str:
    """A syntax tree, with names and numbers as they are written."""
    match node:
        case Name(name):
            return name
        case Number(value):
            return str(value)
        case tuple():
            return ", ".join(map(tree, node))
        case str() | None | Fraction():
            return repr(node)
    parts = [getattr(node, f.name) for f in fields(node) if f.repr]  # type: ignore[arg-type]
    return f"{type(node).__name__}({', '.join(tree(p) for p in parts if p not in (None, ()))})"


if __name__ == "__main__":
    document = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(BLOCK.sub(lambda _: walk(), document), encoding="utf-8")
