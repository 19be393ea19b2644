"""What is differentiable, and how: a table for each operation, and declared functions."""

from dimderiv.rulebook.declared import with_unknown
from dimderiv.rulebook.rule import Kind, Rule
from dimderiv.rulebook.rulebook import Rulebook, builtin_rules, load_rules, rules_folder
from dimderiv.rulebook.signature import Axis, read_signature
from dimderiv.rulebook.table import rule_table

__all__ = [
    "Axis",
    "Kind",
    "Rule",
    "Rulebook",
    "builtin_rules",
    "load_rules",
    "read_signature",
    "rule_table",
    "rules_folder",
    "with_unknown",
]
