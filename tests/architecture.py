"""Write the example of ARCHITECTURE.md: the data as they leave each room.

python -m tests.architecture
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from fractions import Fraction
from pathlib import Path

from dimderiv import derive
from dimderiv.conform.arrange import Arranger
from dimderiv.differentiate.reverse import Visit, reverse_sweep
from dimderiv.graph.show import show
from dimderiv.graph.walk import nodes_of
from dimderiv.infer.typed import infer
from dimderiv.language.parser import parse_program
from dimderiv.language.syntax import Name, Number
from dimderiv.lower.builder import lower
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
    rulebook = builtin_rules()
    program = parse_program(EXPRESSION)
    typed = infer(program, {}, rulebook=rulebook)
    lowered = lower(typed, rulebook)
    simplify = Simplifier({node.key for node in nodes_of([lowered.value])}, (), rulebook)
    found = reverse_sweep(lowered, [VARIABLE], rulebook, simplify)
    gradient = found.of[VARIABLE]
    form = Arranger().piece(gradient)
    derivation = derive(EXPRESSION, VARIABLE)
    return {
        "language": [tree(program.statements[-1].value)],
        "rulebook": [str(rulebook["norm2"].definition)],
        "infer": [f"{'; '.join(typed.assumptions)}; the value is {typed.value}"],
        "lower": show(lowered.value).splitlines(),
        "differentiate": [text for visit in found.visits for text in received(visit)],
        "simplify": show(simplify(gradient)).splitlines(),
        "conform": [f"{form}"],
        "answer": [f"definitions: {[*derivation.derived.answer.definitions]}"],
        "render": [derivation.text(), derivation.latex()],
        "explain": derivation.explain().splitlines(),
        "verify": [str(derivation.verification)],
        "codegen": derivation.code().splitlines(),
    }


def received(visit: Visit) -> Iterator[str]:
    """What arrives at a node of the sweep."""
    first, *_ = show(visit.upstream).splitlines()
    node, *_ = show(visit.node).splitlines()
    yield f"{first:28} arrives at  {node}"


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
    return f"{type(node).__name__}({', '.join(tree(p) for p in parts if p is not None)})"


if __name__ == "__main__":
    document = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(BLOCK.sub(lambda _: walk(), document), encoding="utf-8")
