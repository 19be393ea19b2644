"""Names for parts that repeat and are long: `R = X - X W W'; -2 (X' R + R' X) W`."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from dimderiv.answer.answer import Answer
from dimderiv.answer.kinds import KindOf, Kinds, PartKind
from dimderiv.answer.question import Question
from dimderiv.answer.repeats import Census, has_sizes
from dimderiv.conform import own_symbols
from dimderiv.errors import ShapeError
from dimderiv.language import (
    COMMUTATIONS,
    COMPARISONS,
    Group,
    Tree,
    names_in,
    syntax,
    unused_letters,
)

SHORTEST = 4
# A shorter part is worth a name where it stands this often, as `softmax(x)` in third derivatives.
OFTEN = 6
SHORTEST_TREE = 5
WORTH = 2
# What a part that is worth a name takes, together with its repetitions: 6 symbols twice, 4 thrice.
SHORTEST_ANSWER = 12
MANY = 50
# Without K, which is the commutation matrix.
LETTERS: dict[PartKind, str] = {
    "scalar": "stckqabdefghlpruvwz",
    "vector": "ruvzqsptabcdefghklwxy",
    "matrix": "RMTEFGHLPQSUVWZABCDJNXY",
}
# Functions whose values are known by a letter, and so are named however short they are written.
LETTERED = {"eigvec": "v", "eigvecs": "V", "eigvals": "l", "chol": "L"}
LETTERED |= {"svdU": "U", "svdV": "V", "svdvals": "s"}
LETTER_GAIN = 4
# Constants, and matrices that code must not build.
STRUCTURAL = frozenset({"ones", "eye", "diag", "tril", "triu", "kron", *COMMUTATIONS})


def with_names(question: Question, answer: Answer) -> Answer:
    """The answer with names for its long parts that repeat, unless it is to be without.

    The user's own definitions are left as they are written.
    """
    typed = question.typed
    kind_of = Kinds(typed, question.rulebook).of
    taken = {*typed.names, "I", *_letters(answer)}
    answer = name_nested_forms(answer, typed.definitions, taken, kind_of)
    return answer if question.inline else name_repeats(answer, typed.definitions, taken, kind_of)


def name_nested_forms(
    answer: Answer, given: Collection[str], taken: Iterable[str], kind_of: KindOf
) -> Answer:
    """The answer with a name for each index form inside another one, where none can be written."""
    while True:
        part = next((f for tree in _trees(answer, given) for f in _nested_forms(tree)), None)
        if part is None:
            return answer
        name = _fresh(part, kind_of(answer, part), {*taken, *answer.definitions})
        answer = _with_name(answer, given, name, part)


def _nested_forms(tree: Tree) -> Iterator[Tree]:
    """The innermost index forms that lie inside others."""
    for form in _index_forms(tree):
        for inner in _index_forms(form.body):
            if not any(True for _ in _index_forms(inner.body)):
                yield inner


def _letters(answer: Answer) -> Iterator[str]:
    """The letters that are written: in brackets, a name that is defined is no letter."""
    for tree in _trees(answer, ()):
        for form in _index_forms(tree):
            yield from (letter for letter, _ in form.letters)
            yield from names_in(form.body)


def _index_forms(tree: Tree) -> Iterator[syntax.IndexForm]:
    return (part for part in syntax.walk(tree) if isinstance(part, syntax.IndexForm))


def name_repeats(
    answer: Answer, given: Collection[str], taken: Iterable[str], kind_of: KindOf
) -> Answer:
    """The answer with a name for each part that is long and occurs more than once."""
    used, sizeless, census = {*taken, *answer.definitions}, set[Tree](), Census()
    while True:
        many = len(answer.definitions) >= MANY
        part = None if many else _most_repeated(answer, given, sizeless, census)
        if part is None:
            return answer
        try:
            kind = kind_of(answer, part)
        except ShapeError:
            # An identity in it takes its size from what stands around it here, and only here.
            sizeless.add(part)
            continue
        name = _fresh(part, kind, used)
        used.add(name)
        answer = _with_name(answer, given, name, part)


def _trees(answer: Answer, given: Collection[str]) -> Iterator[Tree]:
    yield from (value for name, value in answer.definitions.items() if name not in given)
    yield from answer.derivatives.values()


def _most_repeated(
    answer: Answer, given: Collection[str], passed_over: Collection[Tree], census: Census
) -> Tree | None:
    """The part whose name would save the reader most."""
    if _is_short(_trees(answer, given)):
        return None
    best, best_gain = None, WORTH - 1
    for part, size, times in census.occurrences(_trees(answer, given), SHORTEST_TREE):
        if times < 2:
            continue
        is_known = _known_letter(part) is not None
        gain = times * (size - 1) - size - 2 + LETTER_GAIN * is_known
        is_long = size >= SHORTEST or times >= OFTEN or is_known
        is_worth_it = is_long and gain > best_gain
        if is_worth_it and _may_be_named(part) and part not in passed_over:
            best, best_gain = part, gain
    return best


def _is_short(trees: Iterable[Tree]) -> bool:
    """Whether nothing in an answer can be worth a name, as in most answers."""
    symbols = 0
    for part in (part for tree in trees for part in syntax.walk(tree)):
        symbols += own_symbols(part)
        if symbols >= SHORTEST_ANSWER or _known_letter(part) is not None:
            return False
    return True


def _known_letter(part: Tree) -> str | None:
    """The letter that the value of a function is known by."""
    return LETTERED.get(part.function) if isinstance(part, syntax.Call) else None


def _may_be_named(part: Tree) -> bool:
    if isinstance(part, syntax.Binary):
        return part.operator not in COMPARISONS
    if isinstance(part, syntax.Call):
        return part.function not in STRUCTURAL
    return isinstance(part, syntax.Add)


def _fresh(part: Tree, kind: PartKind, used: set[str]) -> str:
    letters = LETTERS[kind]
    known = _known_letter(part)
    if known is not None and known not in used:
        return known
    if kind != "scalar" and not isinstance(part, syntax.Add):
        letters = letters[1:] + letters[:1]
    return next(unused_letters(letters, used))


def _with_name(answer: Answer, given: Collection[str], name: str, part: Tree) -> Answer:
    called = syntax.Name(name)

    def changed(node: Tree) -> Tree | None:
        if (node.operand if isinstance(node, Group) else node) == part:
            return called
        if isinstance(node, syntax.Entry):
            # A position is made of letters and sizes.
            return replace(node, operand=renamed(node.operand))
        return node if has_sizes(node) else None

    renamed = syntax.replacing(changed)
    definitions = {
        key: value if key in given else renamed(value) for key, value in answer.definitions.items()
    }
    derivatives = {key: renamed(value) for key, value in answer.derivatives.items()}
    return Answer(_inserted(definitions, name, part), derivatives)


def _inserted(definitions: dict[str, Tree], name: str, value: Tree) -> dict[str, Tree]:
    """The definitions with one more, just before the first that uses it."""
    ordered: dict[str, Tree] = {}
    for key, other in definitions.items():
        if name not in ordered and name in names_in(other):
            ordered[name] = value
        ordered[key] = other
    ordered.setdefault(name, value)
    return ordered
