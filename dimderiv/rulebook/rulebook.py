"""The rules: what is differentiable and how, read from the data files of the folder `rules/`.

The loader refuses a rule that is incomplete, cannot be read or whose letters do not close; whether
a rule is *true* is for `dimderiv rules --check` to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from os import PathLike, fspath, path
from typing import Any, get_args

from dimderiv.errors import ParseError
from dimderiv.language import (
    BUILTIN_FUNCTIONS,
    Signature,
    Tree,
    builtin_files,
    declared_part,
    parse_expression,
    read_rule_file,
)
from dimderiv.rulebook.rule import (
    KEYS,
    NAME,
    TABLE,
    FileKind,
    Rule,
    refuse_incomplete,
    refuse_mistyped,
    refuse_unreadable,
)
from dimderiv.rulebook.signature import read_signature


# Equal where it is the same, since what is found with it is kept for it.
@dataclass(frozen=True, eq=False)
class Rulebook:
    """All rules that are known, by name."""

    rules: Mapping[str, Rule]

    @cached_property
    def functions(self) -> frozenset[str]:
        """The names that may stand before brackets."""
        return frozenset(name for name, rule in self.rules.items() if rule.is_function)

    @cached_property
    def words(self) -> frozenset[str]:
        """The names that a text may have before brackets: those, and what has no rule."""
        return BUILTIN_FUNCTIONS | self.functions

    @cached_property
    def linear(self) -> frozenset[str]:
        """The functions that are linear in one argument."""
        return frozenset(name for name, rule in self.rules.items() if rule.linear)

    def __getitem__(self, name: str) -> Rule:
        return self.rules[name]

    def __contains__(self, name: object) -> bool:
        return name in self.rules

    @cached_property
    def declared(self) -> dict[str, Signature]:
        """The functions that are declared rather than known: what they take and return."""
        return {
            name: rule.declared
            for name, rule in self.rules.items()
            if rule.declared is not None and not declared_part(name)[1]
        }

    def code_of(self, target: str) -> dict[str, str]:
        """How calls of functions are written in the code of a target.

        Args:
            target: its name.
        """
        found = {r.name: r.code.get(target, r.code.get("any")) for r in self.rules.values()}
        return {name: text for name, text in found.items() if text is not None}

    def formula(self, rule: Rule, text: str) -> Tree:
        """The tree of a formula that a rule has.

        Args:
            rule: the rule; its arguments are names.
            text: the formula.
        """
        counted = ("count",) if rule.kind == "reduction" else ()
        return _formula(text, (*rule.arguments, *counted), self._known_to_rules)

    @cached_property
    def _known_to_rules(self) -> frozenset[str]:
        """The functions of formulas: a letter in one may have the name of a declared function."""
        return self.words.difference(self.declared)


@cache
def _formula(text: str, names: tuple[str, ...], functions: frozenset[str]) -> Tree:
    return parse_expression(text, names=names, functions=functions, is_closed=False)


@cache
def builtin_rules() -> Rulebook:
    """The rules that come with dimderiv."""
    return _read(builtin_files())


def load_rules(*files: str | PathLike[str]) -> Rulebook:
    """The built-in rules and those of the user's own files.

    Args:
        files: rule files in the format of `rules/README.md`; a later rule replaces an earlier one
            of the same name.

    Raises:
        ParseError: a file is missing, is no TOML, or a rule in it is incomplete.
    """
    builtin = builtin_rules()
    if not files:
        return builtin
    for file in files:
        if not isinstance(file, (str, PathLike)):
            raise ParseError(f"a rule file is named by a path, not {file!r}", hint="my.toml")
    own = _read({fspath(file): read_rule_file(fspath(file)) for file in files})
    functions = BUILTIN_FUNCTIONS | builtin.functions | own.functions
    for rule in own.rules.values():
        refuse_unreadable(rule, functions)
    return Rulebook({**builtin.rules, **own.rules})


def _read(files: Mapping[str, Mapping[str, Any]]) -> Rulebook:
    named = ((file, *item) for file, tables in files.items() for item in tables.items())
    return Rulebook({name: _rule(name, table, file) for file, name, table in named})


def _rule(name: str, table: Any, file: str) -> Rule:
    place = f"rule {name} in {path.basename(file)}"
    if not isinstance(table, dict):
        raise ParseError(f"{place} is not a table", hint=f"begin it with [{name}]")
    unknown = sorted(table.keys() - KEYS.keys())
    if unknown:
        raise ParseError(
            f"{place} has the unknown key {unknown[0]!r}", hint=f"one of {', '.join(sorted(KEYS))}"
        )
    kind = table.get("kind")
    if kind not in get_args(FileKind):
        kinds = ", ".join(get_args(FileKind))
        raise ParseError(f"{place} has no known kind", hint=f"one of {kinds}")
    for key, value in table.items():
        refuse_mistyped(key, value, place)
    signature = table.get("signature", "x -> y" if kind == "elementwise" else "")
    arguments = read_signature(signature).names
    read = dict(table)
    for key, value in table.items():
        if isinstance(value, list):
            read[key] = tuple(value)
        elif isinstance(value, str) and KEYS[key] == TABLE:
            read[key] = dict.fromkeys(["any"] if key == "code" else arguments[:1], value)
    if not NAME.fullmatch(name):
        raise ParseError(f"{place} has no name that can be written", hint="letters, digits and _")
    read |= {"name": name, "signature": signature, "arguments": arguments, "file": file}
    rule = Rule(**read)
    refuse_incomplete(rule)
    return rule
