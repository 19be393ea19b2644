"""What is differentiable, and how: a table for each operation, and declared functions."""

from dimderiv.rulebook.declared import with_declared
from dimderiv.rulebook.facts import commutes, is_entrywise, is_linear, range_of, turns
from dimderiv.rulebook.rule import NOWHERE, Interval, Rule
from dimderiv.rulebook.rulebook import Rulebook, builtin_rules, load_rules
from dimderiv.rulebook.signature import Axis, Sliding, read_signature
from dimderiv.rulebook.table import rule_table

__all__ = [
    "NOWHERE",
    "Axis",
    "Interval",
    "Rule",
    "Rulebook",
    "Sliding",
    "builtin_rules",
    "commutes",
    "is_entrywise",
    "is_linear",
    "load_rules",
    "range_of",
    "read_signature",
    "rule_table",
    "turns",
    "with_declared",
]
