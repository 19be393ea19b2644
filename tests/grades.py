"""Answers of a class, made from the golden ones: wrong by a mistake, right in other spellings.

python -m tests.grades [--count 200] [--seed 1] [--show]

A mistake is made on purpose, so what it ought to be called is known; a spelling keeps the value by
its construction.  Reported are false verdicts, and how many mistakes are called by their names.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from random import Random
from statistics import median
from string import ascii_lowercase
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from golden import Golden, read_cases

from dimderiv import check
from dimderiv.derivation import Derivation, derive
from dimderiv.errors import DimderivError
from dimderiv.language import (
    Add,
    Binary,
    Call,
    IndexForm,
    Name,
    Negative,
    Number,
    Program,
    Statement,
    Transpose,
    Tree,
    children,
    replaced,
    unused_letters,
    walk,
)
from dimderiv.render import text
from dimderiv.surfaces import Verdict

TWO = Number(Fraction(2))
Change = Callable[[Tree, "Case"], Iterator[Tree]]


@dataclass(frozen=True)
class Case:
    """A golden case, and its answer as a tree."""

    golden: Golden

    @cached_property
    def derivation(self) -> Derivation:
        """What is derived for it."""
        golden = self.golden
        return derive(golden.expression, golden.wrt, verify=False, **self.options)

    @property
    def options(self) -> dict[str, Any]:
        """How it is asked."""
        golden = self.golden
        return {
            "shapes": golden.shapes,
            "order": golden.order,
            "upstream": golden.upstream or None,
            "structured": golden.structured,
        }

    @cached_property
    def program(self) -> Program:
        """The answer as it is read, in which no part stands twice."""
        return self.derivation.read_back(str(self.derivation))

    def shape(self, tree: Tree) -> str:
        """What kind of array a part is: `scalar`, `column`, `row`, `matrix`, or nothing known."""
        definitions = [each for each in self.program.statements if each.name]
        program = Program((*definitions, Statement(None, tree)))
        try:
            found = self.derivation.question.typed_again(program).value
        except (DimderivError, KeyError):
            return ""
        kinds = {"scalar": found.is_scalar, "column": found.is_column, "row": found.is_row}
        return next((kind for kind, is_so in kinds.items() if is_so), "matrix")

    def check(self, answer: str) -> Verdict:
        """The verdict on an answer."""
        return check(self.golden.expression, self.golden.wrt, answer, **self.options)


# --- mistakes


def transposed(tree: Tree, case: Case) -> Iterator[Tree]:
    """A transpose too few, or too many."""
    if isinstance(tree, Transpose):
        yield tree.operand
    elif isinstance(tree, Name | Call | Add) and case.shape(tree) in {"matrix", "column"}:
        yield Transpose(tree)


def exchanged(tree: Tree, case: Case) -> Iterator[Tree]:
    """Two factors of a matrix product in the other order."""
    match tree:
        case Binary("*", Binary("*", a, b), c) if _are_arrays(case, b, c):
            yield Binary("*", Binary("*", a, c), b)
        case Binary("*", a, b) if _are_arrays(case, a, b):
            yield Binary("*", b, a)


def rescaled(tree: Tree, case: Case) -> Iterator[Tree]:
    """A number that is forgotten, or doubled."""
    match tree:
        case Binary("*", Number(), right):
            yield right
        case Binary("/", left, Number()):
            yield left
        case Binary("*", left, right) if not isinstance(left, Number):
            yield Binary("*", TWO, tree)


def negated(tree: Tree, case: Case) -> Iterator[Tree]:
    """A wrong sign."""
    if isinstance(tree, Negative):
        yield tree.operand
    elif isinstance(tree, Add):
        for k, term in enumerate(tree.terms):
            other = term.operand if isinstance(term, Negative) else Negative(term)
            yield Add((*tree.terms[:k], other, *tree.terms[k + 1 :]))


def unsummed(tree: Tree, case: Case) -> Iterator[Tree]:
    """A sum that is left out."""
    if isinstance(tree, Call) and tree.function == "sum" and not tree.over:
        yield tree.arguments[0]


def other_axis(tree: Tree, case: Case) -> Iterator[Tree]:
    """A sum along the other axis."""
    if isinstance(tree, Call) and tree.function == "sum" and tree.axis in (0, 1):
        yield replace(tree, axis=1 - tree.axis)


def other_product(tree: Tree, case: Case) -> Iterator[Tree]:
    """An elementwise product for a matrix product, or the other way."""
    match tree:
        case Binary("*", a, b) if _are_arrays(case, a, b):
            yield Binary(".*", a, b)
        case Binary(".*", a, b) if _are_arrays(case, a, b):
            yield Binary("*", a, b)


def undivided(tree: Tree, case: Case) -> Iterator[Tree]:
    """A division by a size that is left out."""
    match tree:
        case Binary("/", left, Name(name)) if name in case.derivation.typed.sizes:
            yield left


def shortened(tree: Tree, case: Case) -> Iterator[Tree]:
    """A term that is left out."""
    if isinstance(tree, Add) and len(tree.terms) > 1:
        for k in range(len(tree.terms)):
            rest = (*tree.terms[:k], *tree.terms[k + 1 :])
            yield Add(rest) if len(rest) > 1 else rest[0]


def unchained(tree: Tree, case: Case) -> Iterator[Tree]:
    """The derivative of a function that is left out."""
    if isinstance(tree, Binary) and tree.operator == ".*":
        for kept, dropped in ((tree.left, tree.right), (tree.right, tree.left)):
            if any(isinstance(part, Call) or _is_power(part) for part in walk(dropped)):
                yield kept


def factorless(tree: Tree, case: Case) -> Iterator[Tree]:
    """An inner derivative that is left out: a factor of a matrix product."""
    match tree:
        case Binary("*", Name() | Transpose(Name()) as left, right) if _are_arrays(case, left):
            yield right
        case Binary("*", left, Name() | Transpose(Name()) as right) if _are_arrays(case, right):
            yield left


def _is_power(tree: Tree) -> bool:
    return isinstance(tree, Binary) and tree.operator in {"^", ".^", ">", "<"}


def _are_arrays(case: Case, *trees: Tree) -> bool:
    return all(case.shape(tree) not in {"scalar", ""} for tree in trees)


SHAPED = {"transpose", "order", "layout"}
# What each mistake may be called; where two names are true, the grader may prefer either.
MISTAKES: Mapping[Change, set[str]] = {
    transposed: SHAPED | {"symmetric"},
    exchanged: SHAPED | {"symmetric", "brackets"},
    rescaled: {"factor", "term"},
    negated: {"sign", "term"},
    unsummed: {"sum"},
    other_axis: {"axis", "sum"},
    other_product: {"product", "brackets", "diag"},
    undivided: {"size", "factor"},
    shortened: {"term", "symmetric", "chain"},
    unchained: {"chain", "factor"},
    factorless: {"factor", "chain"},
}


def wrong_answers(case: Case, mistake: Change) -> Iterator[str]:
    """The answers of a case with one mistake."""
    if mistake is transposed and case.shape(case.program.statements[-1].value) != "scalar":
        *before, last = case.program.statements
        yield text(Program((*before, Statement(None, Transpose(last.value)))))
    yield from _changed(case, mistake)


def _changed(case: Case, change: Change) -> Iterator[str]:
    *before, last = case.program.statements
    for part, parent in _places(last.value):
        if isinstance(parent, Transpose) and change is transposed:
            continue
        for new in change(part, case):
            value = exchanged_for(last.value, part, new)
            yield text(Program((*before, Statement(None, value))))


def _places(tree: Tree, parent: Tree | None = None) -> Iterator[tuple[Tree, Tree | None]]:
    yield tree, parent
    if not isinstance(tree, IndexForm) and not (isinstance(tree, Call) and tree.over):
        for child in children(tree):
            yield from _places(child, tree)


def exchanged_for(tree: Tree, part: Tree, new: Tree) -> Tree:
    """A tree with one part exchanged for another."""
    return replaced(tree, lambda each: new if each is part else None)


# --- other spellings


def other_association(tree: Tree, case: Case) -> Iterator[Tree]:
    """The same matrix product with other brackets."""
    match tree:
        case Binary("*", Binary("*", a, b), c) if case.shape(Binary("*", b, c)):
            yield Binary("*", a, Binary("*", b, c))


def transposed_pair(tree: Tree, case: Case) -> Iterator[Tree]:
    """The transpose of the product of the transposes."""
    match tree:
        case Binary("*", a, b) if _are_arrays(case, a, b):
            yield Transpose(Binary("*", Transpose(b), Transpose(a)))


def expanded(tree: Tree, case: Case) -> Iterator[Tree]:
    """Brackets that are multiplied out."""
    match tree:
        case Binary("*" | ".*" as operator, a, Add(terms)) if _are_arrays(case, *terms):
            yield Add(tuple(Binary(operator, a, term) for term in terms))
        case Binary("*" | ".*" | "/" as operator, Add(terms), b) if _are_arrays(case, *terms):
            yield Add(tuple(Binary(operator, term, b) for term in terms))


def other_order(tree: Tree, case: Case) -> Iterator[Tree]:
    """Terms, and factors entry by entry, in another order."""
    match tree:
        case Add(terms):
            yield Add(terms[::-1])
        case Binary(".*", a, b):
            yield Binary(".*", b, a)


def doubled(tree: Tree, case: Case) -> Iterator[Tree]:
    """Twice a thing as a sum, a square as a product."""
    match tree:
        case Binary("*", Number(value), b) if value == 2:
            yield Add((b, b))
        case Binary(".^", a, Number(value)) if value == 2:
            yield Binary(".*", a, a)
        case Binary("*", a, b):
            yield Negative(Binary("*", Negative(a), b))


def summed_by_index(tree: Tree, case: Case) -> Iterator[Tree]:
    """A product of two matrices as an index statement, whose letters are no sizes."""
    i, k, j = [each for each in ascii_lowercase if each not in case.derivation.typed.names][:3]
    match tree:
        case Binary("*", Name(a), Name(b)) if _are_matrices(case, tree):
            source = f"[{i},{j}] {a}[{i},{k}] {b}[{k},{j}]"
            yield case.derivation.question.read(source).statements[-1].value
        case Binary("*", Transpose(Name(a)), Name(b)) if _are_matrices(case, tree):
            source = f'einsum("{k}{i},{k}{j}->{i}{j}", {a}, {b})'
            yield case.derivation.question.read(source).statements[-1].value


def _are_matrices(case: Case, product: Binary) -> bool:
    names = {part.name for part in walk(product) if isinstance(part, Name)}
    known = names <= case.derivation.typed.symbols.keys()
    return known and all(case.shape(side) == "matrix" for side in (product.left, product.right))


SPELLINGS: tuple[Change, ...] = (
    other_association,
    transposed_pair,
    expanded,
    other_order,
    doubled,
    summed_by_index,
)


def right_answer(case: Case, rng: Random) -> str:
    """The answer of a case in another spelling: up to three changes, and a name for a part."""
    *before, last = case.program.statements
    value = last.value
    for _ in range(3):
        spelling = rng.choice(SPELLINGS)
        found = [(part, new) for part, _ in _places(value) for new in spelling(part, case)]
        if found:
            part, new = rng.choice(found)
            value = exchanged_for(value, part, new)
    parts = [part for part, _ in _places(value) if isinstance(part, Binary | Add | Call)]
    if parts and rng.random() < 0.5:
        name = next(unused_letters("q", {*case.derivation.typed.names, *_names(case.program)}))
        part = rng.choice(parts)
        before.append(Statement(name, part))
        value = exchanged_for(value, part, Name(name))
    return text(Program((*before, Statement(None, value))))


def _names(program: Program) -> set[str]:
    return {*program.names, *(each.name for each in program.statements if each.name)}


# --- figures


def cases(rng: Random, file: str) -> list[Case]:
    """The golden cases in matrix notation, in a random order."""
    golden = [
        case
        for case in read_cases()
        if case.form == "matrix" and "," not in case.wrt and file in case.file
    ]
    rng.shuffle(golden)
    return [Case(case) for case in golden]


@dataclass
class Figures:
    """What came out."""

    outcomes: Counter[str] = field(default_factory=Counter)
    by_mistake: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def report(self) -> str:
        """The figures in words."""
        lines = [f"{name:20} {kind:12} {n}" for (name, kind), n in sorted(self.by_mistake.items())]
        wrong = self.outcomes["named"] + self.outcomes["misnamed"]
        share = 100 * self.outcomes["named"] / max(wrong, 1)
        lines.append(f"{self.outcomes['right']} right in other spellings")
        lines.append(f"{wrong} wrong, {share:.0f} % called by their names")
        lines.append(f"{self.outcomes['false']} false verdicts, {self.outcomes['refused']} refused")
        lines.append(
            f"median {1e3 * median(self.seconds):.0f} ms, at most {max(self.seconds):.1f} s"
        )
        return "\n".join(lines)


def graded(case: Case, answer: str, figures: Figures) -> Verdict | None:
    """The verdict on an answer; nothing where it is refused."""
    start = time.perf_counter()
    try:
        return case.check(answer)
    except DimderivError:
        figures.outcomes["refused"] += 1
        return None
    finally:
        figures.seconds.append(time.perf_counter() - start)


def right(case: Case, rng: Random, figures: Figures) -> None:
    """Grade an answer that is right."""
    answer = right_answer(case, rng)
    verdict = graded(case, answer, figures)
    if verdict is None or not verdict.right:
        figures.outcomes["false"] += verdict is not None
        figures.told.append(f"{case.golden}: {answer}, which is right\n    {verdict or 'refused'}")
    else:
        figures.outcomes["right"] += 1


def wrong(case: Case, mistake: Change, rng: Random, figures: Figures) -> bool:
    """Grade an answer with a mistake; whether there was one."""
    answers = list(wrong_answers(case, mistake))
    if not answers:
        return False
    answer = rng.choice(answers)
    verdict = graded(case, answer, figures)
    # A mistake that leaves the value as it is, as the check of derivations says, is none.
    if verdict is None or verdict.right:
        return False
    is_named = verdict.kind in MISTAKES[mistake]
    figures.outcomes["named" if is_named else "misnamed"] += 1
    figures.by_mistake[mistake.__name__, verdict.kind] += 1
    if not is_named:
        shown = f"{text(case.program)}\n    {answer}\n    {verdict}"
        figures.told.append(f"{mistake.__name__}, {verdict.kind}: {case.golden}\n    {shown}")
    if not case.check(verdict.fix or "").right:
        figures.outcomes["false"] += 1
        figures.told.append(f"{case.golden}: {answer}\n    this is no fix: {verdict.fix}")
    return True


def class_of(count: int, seed: int, file: str = "") -> Figures:
    """Grade so many right answers, and as many wrong ones.

    Args:
        count: how many of each.
        seed: of the choice.
        file: a part of the name of the file of cases.
    """
    rng, figures = Random(seed), Figures()
    every = cases(rng, file)
    for case in every[:count]:
        right(case, rng, figures)
    mistakes, done = list(MISTAKES), 0
    for k in range(20 * len(every)):
        if done == count:
            break
        mistake = mistakes[(k + k // len(every)) % len(mistakes)]
        done += wrong(every[k % len(every)], mistake, rng, figures)
    return figures


def main() -> int:
    """Grade a class; how many verdicts, or fixes, were false."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="what is called by another name")
    chosen = parser.parse_args()
    figures = class_of(chosen.count, chosen.seed)
    print("\n".join([*(figures.told if chosen.show else ()), figures.report()]))
    return figures.outcomes["false"]


if __name__ == "__main__":
    sys.exit(min(main(), 1))
