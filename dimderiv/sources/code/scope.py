"""What is known while code is read: the names, how many axes the symbols have, and the sizes."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from dimderiv.errors import ParseError, Span
from dimderiv.language import ONE, OPEN, Declaration, Name, Signature, Statement, Tree, frozen, walk
from dimderiv.sources.code.habits import candidates
from dimderiv.sources.code.names import Names
from dimderiv.sources.code.text import Text
from dimderiv.sources.code.values import UNKNOWN, Array, Claim, Place, Value

_TWO_SIZES = re.compile(r"[x,\N{MULTIPLICATION SIGN}]\s*1\b")


def axes_declared(declared: Declaration) -> int:
    """How many axes NumPy counts of what is declared: `n x 1` has two, and `n` has one.

    Args:
        declared: the shape, with the text that declared it.
    """
    shape = declared.shape
    if shape.is_column:
        return 2 if _TWO_SIZES.search(declared.text) else 1
    return 0 if shape.is_scalar else len(shape)


@frozen.record
class Known:
    """What is known before the text is read.

    Attributes:
        declared: the symbols.
        functions: the declared functions: what they take and return.
        sizes: the names of dimensions.
        fixed: the numbers of axes that the text itself says, such as 0 by a default of 0.1.
        library: the library of methods.
        modules: the names that stand for libraries without an import.
        taken: the names that are no letters of axes.
    """

    declared: Mapping[str, Declaration]
    functions: Mapping[str, Signature]
    sizes: frozenset[str]
    fixed: Mapping[str, int]
    library: str
    modules: frozenset[str]
    taken: frozenset[str]


@dataclass
class Trial:
    """One reading of a text, with these numbers of axes and these sizes.

    Attributes:
        axes: the numbers of axes that are tried, by the names of the text.
        sizes: the sizes of axes, by the names in the language.
    """

    axes: Mapping[str, int]
    sizes: Mapping[str, tuple[Tree, ...]] = field(default_factory=dict)


class Scope:
    """The names and what was found out of them.

    Attributes:
        env: what each name of the text stands for now.
        symbols: the symbols that occur, with their names in the language.
        statements: the definitions so far.
        claims: what the shapes of parts have to be.
        unsized: whether the size of an axis was asked for that nobody knows.
        cost: how far the reading is from what people write.
        conflict: the symbols whose axes do not fit each other.
    """

    def __init__(self, text: Text, known: Known, trial: Trial) -> None:
        self.text = text
        self.known = known
        self.trial = trial
        self.names = Names()
        self.env: dict[str, Value] = {}
        # What the text defines outside of functions.
        self.globals: dict[str, Value] = {}
        self.symbols: dict[str, str] = {}
        self.whole: set[str] = set()
        self.statements: list[Statement] = []
        self.uses: dict[str, frozenset[str]] = {}
        self.assumptions: dict[str, None] = {}
        self.claims: dict[Tree, Claim] = {}
        self.unsized = False
        self.cost = 0.0
        self.conflict: frozenset[str] | None = None
        # Inside of a formula all places are that of its call.
        self.call_span: Span | None = None

    @property
    def is_formula(self) -> bool:
        """Whether a formula of ours is read, whose names are functions."""
        return self.call_span is not None

    def span(self, node: ast.AST) -> Span:
        """The place of a part."""
        return self.text.span(node) if self.call_span is None else self.call_span

    def place(self, node: ast.AST, library: str | None = None) -> Place:
        """A part as the place of an operation."""
        span = self.span(node)
        return Place(
            span,
            self.text.source[slice(*span)],
            self.known.library if library is None else library,
            self.known.taken,
            self.whole,
            self.is_formula,
            self.size,
            lambda told: self.assumptions.setdefault(told),
            self.hesitate,
            lambda tree, claim: self.claims.update({tree: claim}),
        )

    def hesitate(self, cost: float) -> None:
        """Count how far the reading is from what people write; formulas are ours."""
        self.cost += 0 if self.is_formula else cost

    def refuse(self, node: ast.AST, message: str, hint: str | None = None) -> NoReturn:
        """Say what is not read."""
        raise ParseError(message, span=self.span(node), hint=hint)

    def symbol(self, name: str, span: Span) -> Array:
        """A name that nothing in the text defines."""
        known = self.names.symbol(name)
        if known is None:
            message = f"{name} cannot be the name of a symbol in the language"
            raise ParseError(message, span=span, hint="another name")
        if known in self.known.sizes and known not in self.known.declared:
            return Array(Name(known, span), 0)
        self.symbols[name] = known
        declared = self.known.declared.get(known)
        if declared is None or axes_declared(declared) < 2 or ONE not in declared.shape:
            self.whole.add(known)
        return Array(Name(known, span), self.axes(name))

    def is_open(self, name: str) -> bool:
        """Whether nothing says what a name is."""
        return name not in self.env and name not in self.known.declared

    def member(self, name: str, node: ast.AST) -> Array:
        """What a collection of parameters has under a name: `params["W"]`, `self.W`."""
        found = self.symbol(name, self.span(node))
        self.assumptions[f"{self.place(node).text} is {found.name}"] = None
        return found

    def axes(self, name: str) -> int:
        """The number of axes of a symbol."""
        tried = self.trial.axes.get(name)
        return self.possible(name)[0][0] if tried is None else tried

    def possible(self, name: str) -> list[tuple[int, float]]:
        """The numbers of axes that a symbol may have, the likeliest first, with their costs."""
        declared = self.known.declared.get(self.symbols.get(name, name))
        if declared is not None:
            return [(axes_declared(declared), 0.0)]
        if name in self.known.fixed:
            return [(self.known.fixed[name], 0.0)]
        return sorted(candidates(name).items(), key=lambda each: each[1])

    def size(self, array: Array, axis: int) -> Array:
        """The size of an axis."""
        name = array.name
        if name is None:
            raise ParseError(
                "the sizes of what has no name are not read",
                span=array.tree.span,
                hint="a name for it first: Z = X @ W",
            )
        axis %= max(array.axes, 1)
        declared = self.known.declared.get(name)
        if declared is not None and not set(OPEN).intersection(declared.shape):
            return Array(declared.shape[axis].syntax(), 0)
        if name in self.trial.sizes:
            place = 1 if array.is_row and array.axes == 1 else axis
            return Array(self.trial.sizes[name][place], 0)
        self.unsized = True
        return Array(UNKNOWN, 0)

    def blame(self, node: ast.AST) -> None:
        """Note which symbols do not fit each other, the first time that something does not."""
        if self.conflict is None:
            names = [each.id for each in ast.walk(node) if isinstance(each, ast.Name)]
            self.conflict = frozenset().union(*map(self._symbols_of, names))

    def _symbols_of(self, name: str) -> frozenset[str]:
        """The symbols that the value of a name depends on."""
        value = self.env.get(name)
        if name not in self.env:
            return frozenset({name})
        return self.bases(value.tree) if isinstance(value, Array) else frozenset()

    def bases(self, tree: Tree) -> frozenset[str]:
        """The symbols of the text that a tree depends on."""
        found = {part.name for part in walk(tree) if isinstance(part, Name)}
        own = {name for name, known in self.symbols.items() if known in found}
        return frozenset(own).union(*[self.uses[name] for name in found if name in self.uses])
