"""The facts of rules are proved, and a wrong one is found."""

from dataclasses import replace
from math import inf
from typing import Any

import pytest

from dimderiv.derivation.fact_proofs import has_facts, refuse_wrong_facts
from dimderiv.errors import VerificationError
from dimderiv.rulebook import Rule, Rulebook, load_rules

RULES = load_rules()


def changed(name: str, **facts: Any) -> Rule:
    """A rule with other facts."""
    return replace(RULES.rules[name], **facts)


@pytest.mark.parametrize("name", [n for n, rule in RULES.rules.items() if has_facts(rule)])
def test_the_facts_of_each_rule_hold(name: str) -> None:
    """Signs of slopes and second derivatives, and where there are values."""
    assert refuse_wrong_facts(RULES.rules[name], RULES) > 0


@pytest.mark.parametrize(
    "rule",
    [
        changed("tanh", convex=(-inf, inf)),
        changed("exp", concave=(-inf, inf)),
        changed("cosh", increasing=(-inf, inf)),
        changed("erfc", increasing=(-inf, inf)),
        changed("log", defined=(-inf, inf)),
        changed("arctan", defined=(-1, 1)),
        changed("relu", strictly=True),
        changed("gelu", convex=(-inf, inf)),
        changed("cosh", log_concave=True),
        changed("tanh", log_concave=True),
    ],
    ids=lambda rule: rule.name,
)
def test_a_wrong_fact_is_found(rule: Rule) -> None:
    """Whichever of them it is."""
    with pytest.raises(VerificationError):
        refuse_wrong_facts(rule, Rulebook({**RULES.rules, rule.name: rule}))
