"""What the functions in some formulas mean, for whoever does not know them: the rules' own words.

No derivative is among them: the check differentiates what it reads here by itself.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from dimderiv.language import Call, Tree, walk
from dimderiv.rulebook.rule import Rule
from dimderiv.rulebook.rulebook import Rulebook


@dataclass(frozen=True)
class Meanings:
    """The meanings of functions by name.

    Attributes:
        definitions: the arguments and the definition of each function that others make.
        columns: the definition of some of them for a column vector, where that is another.
        elementwise: those of them that work on each entry by itself.
        values: of each function of entries that no others make its name in mpmath and sympy.
        products: the signature of each function that is a product of labelled factors.
    """

    definitions: Mapping[str, tuple[tuple[str, ...], Tree]] = field(default_factory=dict)
    columns: Mapping[str, Tree] = field(default_factory=dict)
    elementwise: Collection[str] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    products: Mapping[str, str] = field(default_factory=dict)


def meanings(rulebook: Rulebook, formulas: Iterable[Tree], known: Collection[str]) -> Meanings:
    """The meanings of the functions that formulas call, and of those that these call in turn.

    Args:
        rulebook: the rules.
        formulas: the formulas.
        known: the built-in functions that need no meaning.
    """
    rules: dict[str, Rule] = {}
    waiting = list(formulas)
    while waiting:
        calls = [part for part in walk(waiting.pop()) if isinstance(part, Call)]
        for name in {call.function for call in calls} - rules.keys():
            rule = rulebook.rules.get(name)
            if rule is not None and (rule.is_users or name not in known):
                rules[name] = rule
                bodies = [] if rule.is_primitive else [rule.definition, rule.column]
                waiting += [rulebook.formula(rule, text) for text in bodies if text]
    made = {n: rule for n, rule in rules.items() if rule.definition and not rule.is_primitive}
    return Meanings(
        {name: (r.arguments, rulebook.formula(r, r.definition)) for name, r in made.items()},
        {name: rulebook.formula(rule, rule.column) for name, rule in made.items() if rule.column},
        frozenset(name for name, rule in made.items() if rule.kind == "elementwise"),
        {n: r.mpmath for n, r in rules.items() if r.is_primitive and r.mpmath},
        {name: rule.signature for name, rule in rules.items() if rule.kind == "product"},
    )
