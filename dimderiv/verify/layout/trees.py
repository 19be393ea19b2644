"""What is said of a syntax tree, and of functions, without values."""

from collections.abc import Collection, Iterator, Sequence

from dimderiv.language import (
    STOP,
    Binary,
    Call,
    IndexForm,
    Letter,
    Name,
    Program,
    Tree,
    children,
    walk,
)

KINKED = frozenset({"relu", "abs", "norm1", "normInf", "max", "min"})
# The outcomes of a comparison at which it holds: less is -1, equal 0, greater 1.
COMPARISONS = {">": (1,), "<": (-1,), ">=": (0, 1), "<=": (-1, 0), "==": (0,)}
_ALIKE = ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "erf")
_SHORTER = {"arcsin": "asin", "arccos": "acos", "arctan": "atan"}
# Our name of each primitive function of a scalar, and the name that sympy and mpmath agree on.
PRIMITIVES = {**{name: name for name in _ALIKE}, **_SHORTER}
# Functions that are constant between their jumps.
STEPS = frozenset({"sign", "rank", "onehot"})
# Functions whose arguments are sizes.
OF_SIZES = frozenset({"ones", "zeros", "eye", "commutation", "K"})
# Functions whose arguments are sizes, but for the first one.
BEFORE_SIZES = frozenset({"reshape", "onehot"})


def constant_nodes(
    program: Program, wrt: Collection[str], *, steps: bool = False
) -> frozenset[int]:
    """The nodes, by identity, whose value does not depend on the variables.

    Args:
        program: its statements may name each other.
        wrt: the variables.
        steps: whether what does not move is constant as well: a step, such as a sign or a
            comparison, and what is stopped.
    """
    varying = set(wrt)
    constant: set[int] = set()

    def depends(node: Tree) -> bool:
        below = [depends(child) for child in children(node)]
        found = any(below) or (isinstance(node, Name) and node.name in varying)
        found = found and not (steps and (is_step(node) or _is_stopped(node)))
        if not found:
            constant.add(id(node))
        return found

    for statement in program.statements:
        if depends(statement.value) and statement.name is not None:
            varying.add(statement.name)
    return frozenset(constant)


def is_step(node: Tree) -> bool:
    """Whether a node is constant between its jumps."""
    if isinstance(node, Binary):
        return node.operator in COMPARISONS
    return isinstance(node, Call) and node.function in STEPS


def _is_stopped(node: Tree) -> bool:
    return isinstance(node, Call) and node.function == STOP


def has_branches(program: Program) -> bool:
    """Whether a program has operations that are another function elsewhere, such as a maximum.

    Args:
        program: the program.
    """
    parts = (part for statement in program.statements for part in walk(statement.value))
    return any(
        is_step(part) or (isinstance(part, Call) and part.function in KINKED) for part in parts
    )


def names_of_sizes(
    node: Tree, known: Collection[str] = (), declared: Collection[str] = ()
) -> Iterator[str]:
    """The names that are dimensions, by their place or because they are known to be.

    Args:
        node: the tree to search.
        known: names of dimensions that may stand for numbers.
        declared: functions that are declared only, which may be called K.
    """
    for part in walk(node):
        sizes: Sequence[Tree] = (part,) if isinstance(part, Name) and part.name in known else ()
        if isinstance(part, Call) and part.function in OF_SIZES and part.function not in declared:
            sizes = part.arguments
        elif isinstance(part, Call) and part.function in BEFORE_SIZES:
            sizes = part.arguments[1:]
        for size in [*sizes, *letter_sizes(part)]:
            yield from (n.name for n in walk(size) if isinstance(n, Name))


def loops(node: Tree) -> Iterator[list[Tree]]:
    """For each part that runs over letters, how far each of them runs, with those around it.

    Args:
        node: the tree to search.
    """
    own = letter_sizes(node)
    inner = [loop for child in children(node) for loop in loops(child)]
    if own and not inner:
        yield own
    yield from ([*own, *loop] for loop in inner)


def letter_sizes(node: Tree) -> list[Tree]:
    """How far the letters run that a node binds, where that is written.

    Args:
        node: a node.
    """
    letters: Sequence[Letter] = ()
    if isinstance(node, IndexForm):
        letters = node.letters
    elif isinstance(node, Call):
        letters = node.over
    return [size for _, size in letters if size is not None]


def targets_of_cross_entropy(node: Tree) -> Iterator[str]:
    """The symbols that are the second argument of a cross-entropy.

    Args:
        node: the tree to search.
    """
    for part in walk(node):
        if isinstance(part, Call) and part.function == "cross_entropy" and len(part.arguments) == 2:
            target = part.arguments[1]
            if isinstance(target, Name):
                yield target.name
