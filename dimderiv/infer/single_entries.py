"""Functions of whole rows, columns or arrays that are given one entry: `softmax(z[i])` is none."""

from collections.abc import Iterator, Sequence

from dimderiv.errors import ShapeError
from dimderiv.infer.clashes import Axes, ClashError, Facts, WriteSize
from dimderiv.infer.scope import SCALAR_AXES, Scope
from dimderiv.language import ONE, Call, Entry, Name, Slice, Tree, children
from dimderiv.rulebook import Rule

_NORMS = frozenset({"norm1", "norm2", "normInf", "normF", "normN"})


def refuse_single_entry(scope: Scope, node: Call, rule: Rule, arguments: Sequence[Axes]) -> None:
    """Refuse a function that runs over entries, of what letters leave a single one of.

    The norm of a number is its absolute value, so bars around an entry stand, but for those whose
    letter nothing names: `||x[i] - y[i]||` looks like that of the difference.
    """
    if (
        scope.caller is not None
        or node.axis is not None
        or any(axes != SCALAR_AXES for axes in arguments)
    ):
        return
    found = (entry for argument in node.arguments for entry in _entries(argument))
    entries = [entry for entry in found if _is_single(scope, entry)]
    if entries and (_runs(rule) or _is_norm_refused(scope, node, entries)):
        raise ClashError(node, _refusal(rule, entries))


def _runs(rule: Rule) -> bool:
    """Whether a function runs along rows, columns or an axis."""
    has_lines = rule.kind == "composite" and bool(rule.column)
    return rule.kind in {"reduction", "rows"} or rule.along or has_lines


def _is_norm_refused(scope: Scope, node: Call, entries: Sequence[Entry]) -> bool:
    if node.function not in _NORMS:
        return False
    if scope.source[node.span[0] : node.span[0] + 1].isalpha():
        return True
    return any(_is_unnamed(scope, letter) for entry in entries for letter in _letters(entry))


def _letters(entry: Entry) -> list[str]:
    return [index.name for index in entry.indices if isinstance(index, Name)]


def _is_unnamed(scope: Scope, letter: str) -> bool:
    """Whether a letter is summed that nothing names: such a sum begins where its operand does."""
    bound = (scope.letters or {}).get(letter)
    node = bound.node if bound else None
    return isinstance(node, Call) and node.span == node.arguments[0].span


def _is_single(scope: Scope, entry: Entry) -> bool:
    """Whether an index goes along every axis; a slice keeps its own, also of size 1."""
    axes = scope.axes[id(entry.operand)]
    is_vector = len(axes) == 2 and ONE in axes
    is_whole = is_vector or len(entry.indices) == len(axes)
    return is_whole and not any(isinstance(index, Slice) for index in entry.indices)


def _entries(node: Tree) -> Iterator[Entry]:
    """The entries in an operand, but for those that something inside of it runs over."""
    if isinstance(node, Entry):
        yield node
    elif not (isinstance(node, Call) and node.over):
        for part in children(node):
            yield from _entries(part)


def _refusal(rule: Rule, entries: Sequence[Entry]) -> WriteSize:
    """The error, which offers the function of whole arrays."""

    def write(facts: Facts, clash: ClashError) -> ShapeError:
        assert isinstance(clash.node, Call)
        node, name = clash.node, rule.name if rule.name not in _NORMS else "a norm"
        inside = " and ".join(dict.fromkeys(map(facts.text, entries)))
        message = f"{name} runs over entries, and {facts.text(node)} has one at a time: {inside}"
        if len({entry.indices for entry in entries}) == 1:
            hint = _of_whole(facts, node, rule, entries)
        else:
            hint = f"a name for what it runs over, as in u[i] = ..., and then {name} of that"
        return facts.refusal(message, node, hint, about=entries[0])

    return write


def _of_whole(facts: Facts, node: Call, rule: Rule, entries: Sequence[Entry]) -> str:
    """The call with each array in place of its entry, and the entry that is wanted of it."""
    start, end = node.span
    whole = facts.source[start:end]
    for entry in sorted(entries, key=lambda entry: -entry.span[0]):
        first, last = (place - start for place in entry.span)
        whole = f"{whole[:first]}{_named(facts, entry.operand)}{whole[last:]}"
    letters, indices = _letters(entries[0]), entries[0].indices
    if rule.name in _NORMS:
        return f"{whole}, or abs(...) of one entry"
    if rule.kind != "rows":
        return f"{whole} over all entries"
    if len(indices) > 1 and letters:
        whole = f"{whole[:-1]}, axis={letters[-1]})"
    return f"{whole}[{','.join(map(facts.text, indices))}]"


def _named(facts: Facts, array: Tree) -> str:
    return array.name if isinstance(array, Name) else facts.text(array)
