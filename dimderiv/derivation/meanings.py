"""What the functions in some formulas mean, for whoever does not know them: the rules' own words.

No derivative is among them: the check differentiates what it reads here by itself.
"""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from dimderiv import verify
from dimderiv.language import Call, Tree, walk
from dimderiv.rulebook import Rule, Rulebook

if TYPE_CHECKING:
    from dimderiv.verify import Functions


def meanings(rulebook: Rulebook, formulas: Iterable[Tree], known: Collection[str]) -> "Functions":
    """Of the functions that formulas call, and those that these call: all but the known ones."""
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
    columns = {name: rule.column for name, rule in made.items() if rule.column}
    return verify.Functions(
        definitions={n: (r.arguments, rulebook.formula(r, r.definition)) for n, r in made.items()},
        columns={name: rulebook.formula(made[name], text) for name, text in columns.items()},
        elementwise=frozenset(name for name, rule in made.items() if rule.kind == "elementwise"),
        values={n: r.mpmath for n, r in rules.items() if r.is_primitive and r.mpmath},
        products={n: rule.signature for n, rule in rules.items() if rule.kind == "product"},
    )
