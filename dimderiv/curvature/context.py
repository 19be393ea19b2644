"""An expression with what its curvature is asked by; what its names stand for."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from dimderiv.curvature.fact import Bounds, Fact
from dimderiv.infer import Typed
from dimderiv.language import (
    Binary,
    Call,
    Name,
    Negative,
    Number,
    Shape,
    Transpose,
    Tree,
    walk,
    with_operands,
)
from dimderiv.rulebook import Rule, Rulebook


class Context:
    """What is known while one expression is looked at.

    Args:
        typed: the expression with its shapes.
        rulebook: the rules.
        variables: what moves.
    """

    def __init__(self, typed: Typed, rulebook: Rulebook, variables: Sequence[str]) -> None:
        self.typed, self.rulebook, self.variables = typed, rulebook, frozenset(variables)
        self.definitions = {s.name: s.value for s in typed.program.statements if s.name is not None}
        self.moves: dict[int, bool] = {}
        self.bounds: dict[int, Bounds] = {}
        self.curves: dict[int, Fact | None] = {}
        self.definite: dict[int, Fact | None] = {}
        # What is remembered by identity has to stay.
        self.kept: list[Tree] = []
        # For the definition of a function with arguments put in: the part that each part was.
        self._origins: dict[int, Tree] = {}

    def shape(self, node: Tree) -> Shape:
        """The shape of a part; a transpose that was moved inside has one too."""
        try:
            return self.typed.shape(self._origins.get(id(node), node))
        except KeyError:
            assert isinstance(node, Transpose), "parts are the program's own, or transposes"
            rows, cols = self.shape(node.operand)
            return Shape(cols, rows)

    def is_scalar(self, node: Tree) -> bool:
        """Whether a part is a number."""
        return self.shape(node).is_scalar

    def depends(self, node: Tree) -> bool:
        """Whether a part moves with the variables."""
        if id(node) not in self.moves:
            self.kept.append(node)
            names = [part.name for part in walk(node) if isinstance(part, Name)]
            self.moves[id(node)] = any(
                name in self.variables
                or (name in self.definitions and self.depends(self.definitions[name]))
                for name in names
            )
        return self.moves[id(node)]

    def rule(self, call: Call) -> Rule | None:
        """The rule of a function that is built in; of one of the user's own nothing is known."""
        found = self.rulebook.rules.get(call.function)
        return None if found is None or found.is_users else found

    def body(self, call: Call) -> Tree | None:
        """What a function that is made of others stands for in one call."""
        rule = self.rule(call)
        if rule is None or rule.kind != "composite":
            return None
        own = self._origins.get(id(call), call)
        assert isinstance(own, Call), "what a call was is a call"
        formula = self.typed.body(own).program.statements[-1].value
        return self._with_arguments(
            formula, dict(zip(rule.arguments, call.arguments, strict=False))
        )

    def _with_arguments(self, node: Tree, given: Mapping[str, Tree]) -> Tree:
        """A definition with arguments in place of their names, which knows what its parts were."""
        if isinstance(node, Name):
            return given.get(node.name, node)
        new = with_operands(node, lambda part: self._with_arguments(part, given))
        self.kept.append(new)
        self._origins[id(new)] = node
        return new

    def open(self, node: Tree) -> Tree:
        """What a name of the program stands for, or the part itself."""
        while isinstance(node, Name) and node.name in self.definitions:
            node = self.definitions[node.name]
        return node

    def properties(self, node: Tree) -> frozenset[str]:
        """What is declared of a symbol."""
        if isinstance(node, Name) and node.name in self.typed.symbols:
            return self.typed.symbols[node.name].properties
        return frozenset()


def number(node: Tree) -> Fraction | None:
    """The value of a part that is a rational as it stands.

    >>> number(Negative(Binary("/", Number(Fraction(1)), Number(Fraction(2)))))
    Fraction(-1, 2)
    """
    match node:
        case Number(value):
            return value
        case Negative(operand):
            inner = number(operand)
            return None if inner is None else -inner
        case Binary("/" | "./", left, right):
            over, under = number(left), number(right)
            return over / under if over is not None and under else None
    return None


def factors(node: Tree) -> list[Tree]:
    """The factors of a product, from left to right, with transposes moved inside.

    >>> x = Name("x")
    >>> factors(Transpose(Binary("*", Name("A"), x)))
    [Transpose(operand=Name(name='x')), Transpose(operand=Name(name='A'))]
    """
    match node:
        case Binary("*", left, right):
            return [*factors(left), *factors(right)]
        case Transpose(Binary("*", left, right)):
            return [*factors(turned(right)), *factors(turned(left))]
        case Transpose(Transpose(operand)):
            return factors(operand)
    return [node]


def turned(node: Tree) -> Tree:
    """The transpose of a part."""
    return node.operand if isinstance(node, Transpose) else Transpose(node)
