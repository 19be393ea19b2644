"""Answers that are right for a function with another derivative: left out, or taken for another."""

from collections.abc import Iterator
from dataclasses import replace

from dimderiv.derivation import derived
from dimderiv.errors import DimderivError
from dimderiv.language import Program
from dimderiv.rulebook import Rule, Rulebook
from dimderiv.surfaces.grading.mistake import Mistake
from dimderiv.surfaces.grading.subject import Subject

# What people take a derivative for: the sentence that says so, and the derivative in a rule.
TAKEN_FOR = (("chain", "1"), ("chain_itself", "y"), ("chain_argument", "x"))


def wrong_rule(subject: Subject) -> Mistake | None:
    """The function whose derivative was left out, or taken for the function itself."""
    for rule in _functions(subject):
        for key, derivative in _taken_for(rule):
            wrong = _derived(subject, rule, derivative)
            if wrong is not None and subject.is_same(wrong):
                return Mistake("chain", {"function": rule.name}, subject.mended, key)
    return None


def _functions(subject: Subject) -> Iterator[Rule]:
    """The functions of entries, and of rows, that the expression calls."""
    rules = subject.question.rulebook
    for name in dict.fromkeys(call.function for call in subject.question.typed.program.calls):
        if name in rules and len(rules[name].derivative) == 1:
            yield rules[name]


def _taken_for(rule: Rule) -> Iterator[tuple[str, str]]:
    """What the derivative of a function is taken for: the sentence, and what a rule would have."""
    (right,) = rule.derivative.values()
    if rule.kind == "elementwise":
        yield from TAKEN_FOR
        yield "chain_sign", f"-({right})"
    if rule.kind == "rows" and "[r,c]" in rule.signature:
        yield "chain_rows", f"{right} I[c,k]"


def _derived(subject: Subject, rule: Rule, derivative: str) -> Program | None:
    """The answer that another derivative of a function would give."""
    wrong = replace(rule, derivative=dict.fromkeys(rule.derivative, derivative))
    rules = Rulebook({**subject.question.rulebook.rules, rule.name: wrong})
    try:
        found = derived(replace(subject.question, rulebook=rules))
        return found.derivatives[subject.names].program
    except (DimderivError, KeyError):
        return None
