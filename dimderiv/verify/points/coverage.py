"""What the points of a check have reached: both sides of each kink, and every operation."""

from collections.abc import Collection, Iterator, Sequence

from dimderiv.language import DERIVATIVES, Call, Entry, Name, Tree, children, walk
from dimderiv.verify.evaluate import Branches
from dimderiv.verify.layout import Key, constant_nodes
from dimderiv.verify.points.setting import Setting, node_of

LONGEST_SHOWN = 40


class Coverage:
    """What was reached so far, of what is to be reached.

    Args:
        setting: the expression.
        moving: all variables of the claims about it.
    """

    def __init__(self, setting: Setting, moving: Sequence[str]) -> None:
        self.setting = setting
        claim = setting.claim
        self.statements = [statement.value for statement in claim.expression.statements]
        self.bodies = [body for _, body in claim.definitions.values()]
        self.bodies += claim.columns.values()
        self.fixed = constant_nodes(claim.expression, claim.symbols)
        self.still = constant_nodes(claim.expression, moving, steps=True)
        # Whether the value may have a derivative that is not 0.
        self.varies = id(self.statements[-1]) not in self.still
        self.sides: dict[int, set[int]] = {}
        self.moved: set[int] = set()
        self.met: set[int] = set()
        self.inside: set[int] = set()

    def add(self, branches: Branches, moved: Collection[int], met: Collection[Key]) -> None:
        """Take note of what a point has reached."""
        for site, sides in branches.sides.items():
            self.sides.setdefault(site, set()).update(sides)
        self.moved.update(moved)
        self.met.update(map(node_of, met))
        self.inside |= branches.inside

    def would_grow(self, branches: Branches) -> bool:
        """Whether a point may reach something that no point has reached."""
        known = self.sides
        return bool(self.unmoved()) or any(
            sides - known.get(site, set()) for site, sides in branches.sides.items()
        )

    def ties_matter(self, branches: Branches) -> bool:
        """Whether a maximum that depends on the symbols is attained more than once."""
        return bool(branches.ties - self.fixed)

    def one_sided_in_words(self) -> tuple[str, ...]:
        """What has been on one side of a kink only, in words."""
        found = [_one_sided_how(node, self._words(node)) for node in self.one_sided()]
        return tuple(dict.fromkeys(found))

    def unmoved_in_words(self) -> tuple[str, ...]:
        """What has not moved with the variables, in words."""
        found = [f"{self._words(node)} did not move at any point" for node in self.unmoved()]
        return tuple(dict.fromkeys(found))

    def outside_in_words(self) -> tuple[str, ...]:
        """The parts of arrays that had no entry in their array at any point, in words."""
        parts = (node for tree in self.statements for node in walk(tree))
        never = [node for node in parts if isinstance(node, Entry) and id(node) not in self.inside]
        return tuple(
            [f"{self._words(node)} was outside of its array at every point" for node in never]
        )

    @property
    def has_maxima(self) -> bool:
        """Whether the largest or least of several entries was taken."""
        return any(map(_is_reduction, self._branching()))

    def one_sided(self) -> list[Tree]:
        """The operations that have been on one side of a kink, or of one entry, only."""
        # Where a function has a kink, the kink itself is no side.
        return [
            node
            for node in self._branching()
            if len(self.sides[id(node)] - ({0} if _has_kink_at_zero(node) else set())) < 2
        ]

    def kinks(self) -> list[int]:
        """The operations that have been on both sides of a kink, by identity."""
        one_sided = {id(node) for node in self.one_sided()}
        found = (id(node) for node in self._branching() if not _is_reduction(node))
        return [site for site in found if site not in one_sided]

    def _branching(self) -> Iterator[Tree]:
        for tree in (*self.statements, *self.bodies):
            for node in walk(tree):
                if id(node) in self.sides and id(node) not in self.fixed:
                    yield node

    def unmoved(self) -> list[Tree]:
        """The first operations on the way from a variable that have not moved with it.

        A derivative inside may be constant, as the Hessian of a quadratic form is.
        """
        return [
            node
            for tree in self.statements
            for node in walk(tree)
            if self._is_unmoved(node)
            and not any(map(self._is_unmoved, children(node)))
            and not (isinstance(node, Call) and node.function in DERIVATIVES)
        ]

    def _is_unmoved(self, node: Tree) -> bool:
        is_on_the_way = id(node) in self.met and id(node) not in self.still
        return is_on_the_way and id(node) not in self.moved and not isinstance(node, Name)

    def _words(self, node: Tree) -> str:
        start, end = node.span
        text = self.setting.claim.expression.source[start:end]
        if end > start and any(part is node for tree in self.statements for part in walk(tree)):
            short = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]} ..."
            return f"`{' '.join(short.split())}`"
        return "an operation of the expression"


def _is_reduction(node: Tree) -> bool:
    if not isinstance(node, Call) or node.function not in {"max", "min"}:
        return False
    return len(node.arguments) == 1


def _one_sided_how(node: Tree, words: str) -> str:
    """How an operation was met, of whose sides one is missing."""
    if isinstance(node, Call) and node.function in {"sort", "rank"}:
        return f"{words} met nothing but orders that are their own inverses, or none of them"
    return f"{words} was met on one side only"


def _has_kink_at_zero(node: Tree) -> bool:
    return isinstance(node, Call) and not _is_reduction(node)
