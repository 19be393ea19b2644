"""The shape of every symbol and of every part of a program.

Goes in: a program and what was declared.  Comes out: the program, typed.  What is not declared is
inferred: `||Xw - y||^2` alone makes X `m x n`, w `n` and y `m`, and says so.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property

from dimderiv.errors import DimderivError, NotDifferentiableError, UnknownNameError
from dimderiv.infer import indexed
from dimderiv.infer.bound import Bound
from dimderiv.infer.clashes import Axes, Facts, shape_of
from dimderiv.infer.exponents import INTEGER, integers, is_integer
from dimderiv.infer.kinds import Doubt
from dimderiv.infer.naming import settle_sizes
from dimderiv.infer.progress import VISITORS, Progress
from dimderiv.infer.scope import Heads, Meaning, Scope, kind_of_axes
from dimderiv.infer.settled import needs_sizes, with_signs, with_sizes
from dimderiv.infer.size_names import written_sizes
from dimderiv.infer.unify import resolved
from dimderiv.language import (
    COMMUTATIONS,
    Declaration,
    Dim,
    Shape,
    Signature,
    canonical_name,
    frozen,
    syntax,
)
from dimderiv.lazy import pattern
from dimderiv.rulebook import Rulebook


@frozen.record
class Typed:
    """A program with a shape for each part.

    Attributes:
        program: the program.
        symbols: every symbol, in the order in which they occur.
        definitions: the shape of each definition.
        value: the shape of the last statement.
        assumptions: what was assumed of symbols that were not declared.
        sizes: the names of the sizes of axes.
        functions: the functions that are declared: what they take and return.
        doubts: sentences on what could be meant in another way: the kind of a symbol, or how far a
            letter runs.
        upstream: the name of a derivative that is handed down, if there is one.
        plain: the program that it is a derivative by the value of.
        heads: the letters of the axes of definitions that are made of index statements.
        said: the properties that are declared of definitions.
        given: the program as it is given, where this one has derivatives inside it written out.
    """

    program: syntax.Program
    symbols: Mapping[str, Declaration]
    definitions: Mapping[str, Shape]
    value: Shape
    assumptions: tuple[str, ...]
    sizes: frozenset[str]
    functions: Mapping[str, Signature]
    _axes: Mapping[int, Axes] = field(repr=False, compare=False)
    _bodies: Mapping[int, syntax.Tree] = field(repr=False, compare=False)
    _meanings: Mapping[str, Meaning] = field(repr=False, compare=False)
    _bound: Mapping[int, Mapping[str, Bound]] = field(repr=False, compare=False)
    _along: Mapping[int, tuple[int, ...]] = field(repr=False, compare=False)
    doubts: tuple[str, ...] = ()
    upstream: str | None = None
    plain: "Typed | None" = None
    heads: Mapping[str, Heads] = field(default_factory=dict)
    said: Mapping[str, frozenset[str]] = field(default_factory=dict)
    given: "Typed | None" = None

    @property
    def asked(self) -> "Typed":
        """The program as it is given, which the check reads."""
        return self.given or self

    @property
    def names(self) -> frozenset[str]:
        """Every name that means something."""
        return self.sizes.union(self.symbols, self.definitions, self.functions)

    @property
    def letters(self) -> frozenset[str]:
        """The letters that index statements and reductions bind."""
        return frozenset(name for bound in self._bound.values() for name in bound)

    def shape(self, node: syntax.Tree) -> Shape:
        """The shape of a part of the program.

        Inside an index statement it is that for each value of its letters.

        Args:
            node: one of the node objects of the program.

        Raises:
            KeyError: it is no node of the program.
        """
        return shape_of(self._axes[id(node)])

    def extents(self, node: syntax.Tree) -> Mapping[str, Dim]:
        """How far each letter runs that an index statement or a reduction binds.

        Args:
            node: one of the node objects of the program.
        """
        return {name: resolved(bound.known()) for name, bound in self._bound[id(node)].items()}

    def declared_letters(self, node: syntax.Tree) -> frozenset[str]:
        """The letters whose sizes only the declaration of what is defined tells.

        Args:
            node: one of the node objects of the program.
        """
        bound = self._bound[id(node)].items()
        return frozenset(name for name, letter in bound if indexed.is_declared_alone(letter))

    def axes_along(self, node: syntax.Call) -> tuple[int, ...] | None:
        """The numbers of the axes that a call runs along; nothing where it runs over all.

        Args:
            node: one of the node objects of the program.
        """
        return self._along.get(id(node))

    @cached_property
    def settled(self) -> syntax.Program:
        """The program with the size of every letter written out, and every axis as a number."""
        is_open = self._bound or self._along or needs_sizes(self.program)
        return with_sizes(self.program, self) if is_open else self.program

    @property
    def has_more_axes(self) -> bool:
        """Whether a symbol or a definition has more axes than a matrix."""
        shapes = [known.shape for known in self.symbols.values()]
        return max(map(len, (*shapes, *self.definitions.values())), default=2) > 2

    @cached_property
    def printed(self) -> syntax.Program:
        """The program as answers repeat it, with `@` between arrays of more than two axes."""
        has_signs = self.has_more_axes or any(self._bound.values())
        return with_signs(self.program, self) if has_signs else self.program

    def body(self, node: syntax.Call) -> "Typed":
        """The definition of a function as a program, with the shapes that it has in one call.

        Args:
            node: one of the calls of the program, of a function that is defined by others.
        """
        program = syntax.Program((syntax.Statement(None, self._bodies[id(node)]),))
        return replace(self, program=program, _meanings={})

    def meaning(self, name: str) -> Meaning:
        """What a name stands for.

        Args:
            name: a name in the program; any other is taken for that of a dimension.
        """
        default: Meaning = _CONSTANTS.get(name, "size")
        return self._meanings.get(name, default)


_CONSTANTS: Mapping[str, Meaning] = {"I": "identity", "pi": "pi"}
# The properties that imply one that a function may assume.
IMPLY = {
    "probability": {"probability", "onehot"},
    "symmetric": {"symmetric", "spd", "psd", "diagonal"},
    INTEGER: {INTEGER},
    "spd": {"spd"},
}
OF_MATRICES = frozenset({"symmetric", "spd"})
# Functions whose arguments are sizes.
SIZED = frozenset({"ones", "eye", *COMMUTATIONS})
_SYMBOL = pattern(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*")


def infer(
    program: syntax.Program,
    declared: Mapping[str, Declaration],
    *,
    rulebook: Rulebook,
    wrt: Sequence[str] = (),
    value: Shape | None = None,
    sizes: Collection[str] = (),
) -> Typed:
    """Find the shape of everything in a program.

    Args:
        program: the program.
        declared: what is known of its symbols.
        rulebook: the functions.
        wrt: the symbols that are differentiated by; they must occur.
        value: the shape of the value, where that is known beforehand: it settles a lone `3 I`.
        sizes: names of sizes that no symbol of the program may have, as in `2 p x`.

    Returns:
        The program with its shapes, and what was assumed.

    Raises:
        ShapeError: something does not conform, or a size is not determined.
        UnknownNameError: a name in `wrt` is no symbol of the program, or a function has no rule.
        NotDifferentiableError: a name in `wrt` is labels.
        LimitError: a size is too large, or too many kinds of symbols would have to be tried.
    """
    known_sizes = {n for known in declared.values() for dim in known.shape for n in dim.names}
    known_sizes.update(n for each in rulebook.declared.values() for n in each.names)
    known_sizes.update(sizes, written_sizes(program, declared, SIZED - rulebook.rules.keys()))
    scope = Scope(VISITORS, program.source, rulebook, declared, known_sizes)
    try:
        doubts = settle_sizes(Progress(program, scope), value)
    except DimderivError as error:
        error.located(program.source)
        raise
    exponents = integers(program, scope)
    for name in wrt:
        _check_wrt(name, exponents, scope)
    return _typed(program, scope, exponents, doubts)


def _check_wrt(name: str, exponents: Collection[str], scope: Scope) -> None:
    """Refuse to differentiate by what is no symbol of the program."""
    known = canonical_name(name)
    if scope.meanings.get(known) == "symbol":
        if known in scope.labels or (known in scope.declared and scope.declared[known].labels):
            raise NotDifferentiableError(
                f"{name} is labels, which are whole numbers, so it is no variable",
                span=(0, len(name)),
                source=name,
                hint="the array that they index",
            )
        if is_integer(known, exponents, scope):
            raise NotDifferentiableError(
                f"{name} is a whole number, so it is no variable",
                span=(0, len(name)),
                source=name,
                known=[f"{name} is an exponent of a matrix, or declared as integer"],
                hint=f"declare it: {name}: scalar, for powers of a matrix that need not be whole",
            )
        return
    symbols = [n for n in scope.introduced if scope.meanings[n] == "symbol"]
    if not _SYMBOL.fullmatch(canonical_name(name)):
        message, hint = f"{name!r} is not the name of a symbol", None
    elif scope.meanings.get(name) == "definition":
        message, hint = f"{name} is defined in the expression, so it is no variable", None
    elif name in scope.rulebook.declared:
        message, hint = f"{name} is a function, so it is no variable", None
    elif name in scope.declared:
        message, hint = f"{name} is declared, but does not occur in the expression", None
    elif name in scope.sizes:
        message, hint = f"{name} is the size of an axis, so it is no variable", None
    else:
        from difflib import get_close_matches  # slow to import

        message = f"{name} does not occur in the expression"
        close = get_close_matches(name, symbols, n=1, cutoff=0.5)
        hint = close[0] if close else None
    if hint is None and symbols:
        hint = "one of " + ", ".join(symbols[:10]) if len(symbols) > 1 else symbols[0]
    raise UnknownNameError(message, span=(0, len(name)), source=name, hint=hint)


def _typed(
    program: syntax.Program, scope: Scope, exponents: Sequence[str], doubts: Sequence[Doubt]
) -> Typed:
    shapes = {name: shape_of(axes) for name, axes in scope.names.items()}
    symbols = {
        name: _found(scope.declared.get(name), shape)
        for name, shape in shapes.items()
        if scope.meanings[name] == "symbol"
    }
    for name in scope.labels.keys() & symbols.keys():
        symbols[name] = replace(symbols[name], labels=resolved(scope.labels[name]))
    assumptions = [
        _said(name, found)
        for name, found in symbols.items()
        if name not in scope.declared
        or scope.declared[name].shape != found.shape
        or scope.declared[name].labels != found.labels
    ]
    wanted = [*scope.assumed.items(), *((name, INTEGER) for name in exponents)]
    for name, property_ in wanted:
        assumption = _assume(name, property_, symbols)
        assumptions += [assumption] if assumption else []
    assumptions += indexed.entries_outside(scope) if scope.bound else []
    ranges = indexed.ranges_in_doubt(scope) if scope.bound else []
    assumptions += program.assumptions
    return Typed(
        program=program,
        symbols=symbols,
        definitions={n: s for n, s in shapes.items() if scope.meanings[n] == "definition"},
        value=shape_of(scope.axes[id(program.statements[-1].value)]),
        assumptions=tuple(assumptions),
        sizes=frozenset(scope.sizes).union(
            name for shape in shapes.values() for dim in shape for name in dim.names
        ),
        functions=scope.rulebook.declared,
        _axes=scope.axes,
        _bodies=scope.bodies,
        _meanings=scope.meanings,
        _bound=scope.bound,
        _along=scope.along,
        doubts=(*(_sentence(doubt, scope) for doubt in doubts), *ranges),
        heads=scope.heads,
        said={
            name: known.properties
            for name, known in scope.declared.items()
            if known.properties and scope.meanings.get(name) == "definition"
        },
    )


def _found(declared: Declaration | None, shape: Shape) -> Declaration:
    """What is known of a symbol, with the shape that was found."""
    if declared is None:
        return Declaration(shape, text=str(shape))
    return declared if declared.shape == shape else replace(declared, shape=shape)


def _said(name: str, known: Declaration) -> str:
    """A symbol as it would be declared."""
    labels = "" if known.labels is None else f" labels {known.labels.bracketed}"
    return f"{name}: {known.shape}{labels}"


def _sentence(doubt: Doubt, facts: Facts) -> str:
    """What is said of a symbol that could be of another kind."""
    if doubt.power is not None:
        base, exponent = syntax.children(doubt.power)
        text = facts.text(base)
        square = f" or ||{text}||^2" if facts.text(exponent) == "2" else ""
        return (
            f"{doubt.name} is read as a scalar because of {facts.text(doubt.power)}; of a column "
            f"that is ({text}).^{facts.grouped(exponent)}{square}: declare {doubt.name}"
        )
    axes = facts.names[doubt.name]
    shape = shape_of(axes)
    size = "" if shape.is_scalar else f" {shape}"
    return (
        f"{doubt.name} is read as a {kind_of_axes(axes).value}{size}; "
        f"as a {doubt.other.value} it would fit too: declare {doubt.name}"
    )


def _assume(name: str, assumed: str, symbols: dict[str, Declaration]) -> str | None:
    """Give a symbol a property that a function needs, and say so, unless it has it already."""
    found = symbols.get(name)
    if found is None or found.properties & IMPLY[assumed]:
        return None
    if assumed in OF_MATRICES and not found.shape.is_matrix:
        return None
    symbols[name] = replace(found, properties=found.properties | {assumed})
    if assumed == "spd":
        return f"{name} is symmetric and positive definite"
    if assumed == "symmetric":
        return f"{name} is symmetric"
    if assumed == INTEGER:
        return f"{name} is a positive integer"
    return f"{name} sums to 1" if found.shape.is_column else f"rows of {name} sum to 1"
