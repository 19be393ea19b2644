"""Derivatives inside an expression, such as `grad(D, x)`: each is derived, and put in its place.

What is differentiated then has no such derivative left, so it is differentiated like any other; the
check reads the expression as it was given.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from dimderiv.answer import Derived, Extent, Inner, Question, written
from dimderiv.conform import symbols
from dimderiv.derivation.pipeline import derived
from dimderiv.differentiate import binds_entries
from dimderiv.errors import NotDifferentiableError, Span
from dimderiv.graph import Node, Product, Term, arranged, distributed, terms, total
from dimderiv.infer import Typed, infer
from dimderiv.language import (
    DERIVATIVES,
    SCALAR,
    TRACES,
    Add,
    Binary,
    Call,
    Declaration,
    Name,
    Negative,
    Number,
    Program,
    Statement,
    Transpose,
    Tree,
    copied,
    names_in,
    needed,
    replaced,
    unused_letters,
    with_operands,
)
from dimderiv.rulebook import Rulebook
from dimderiv.simplify import Simplifier

# What a derivative is called that has no name, the best first.
LETTERS: Mapping[str, str] = {
    "grad": "gqu",
    "jac": "JM",
    "hess": "HM",
    "div": "st",
    "laplacian": "st",
}
OF_SECOND_ORDER = frozenset({"hess", "laplacian"})
# What a derivative may stand in without a name: what is linear in it.
LINEAR = frozenset({"sum", "tr", "mean"})
MOST_INLINE = 3


def in_their_places(
    typed: Typed, rulebook: Rulebook, wrt: Sequence[str], source: str
) -> tuple[Typed, tuple[Inner, ...]]:
    """A program in which each derivative inside is written out, and how each was derived.

    Args:
        typed: the program as it is given.
        rulebook: the functions.
        wrt: what the whole is differentiated by: no property of theirs may be used inside.
        source: the text.

    Raises:
        NotDifferentiableError: a derivative inside has no matrix form, or is of what lacks its
            variable.
    """
    if not any(map(_is_derivative, typed.program.calls)):
        return typed, ()
    writer = _Writer(typed, rulebook, wrt, source)
    program = writer.program()
    found = infer(
        program, dict(typed.symbols), rulebook=rulebook, value=typed.value, sizes=typed.sizes
    )
    return (
        replace(
            found,
            symbols={**typed.symbols, **found.symbols},
            assumptions=typed.assumptions,
            doubts=typed.doubts,
            given=typed,
        ),
        tuple(writer.inner.values()),
    )


def _is_derivative(part: Tree) -> bool:
    return isinstance(part, Call) and part.function in DERIVATIVES


class _Writer:
    """Writes a program anew, statement by statement."""

    def __init__(self, typed: Typed, rulebook: Rulebook, wrt: Sequence[str], source: str) -> None:
        self.typed, self.rulebook, self.wrt, self.source = typed, rulebook, wrt, source
        self.taken = {*typed.names, *typed.letters, "I", "pi"}
        self.done: dict[str, Tree] = {}
        self.inner: dict[Tree, Inner] = {}
        calls = [call for call in typed.program.calls if _is_derivative(call)]
        self.is_repeated = {call for call in calls if calls.count(call) > 1}

    def program(self) -> Program:
        """The program without derivatives inside."""
        *before, last = self.typed.program.statements
        for statement in before:
            assert statement.name is not None, "only the last statement may lack a name"
            self.done[statement.name] = self.statement(statement)
        value = self.statement(last)
        definitions = [Statement(name, tree) for name, tree in self.done.items()]
        program = self.typed.program
        return replace(program, statements=(*definitions, replace(last, value=value)))

    def statement(self, statement: Statement) -> Tree:
        """The value of a statement; a derivative alone has the name that the statement has."""
        value = statement.value
        if isinstance(value, Call) and _is_derivative(value):
            return copied(self.found(value, statement.name or "").value)
        return self.tree(value, is_linear=True)

    def tree(self, node: Tree, *, is_linear: bool = False) -> Tree:
        """A part, in which derivatives have names, or stand themselves where that is linear."""
        if isinstance(node, Call) and _is_derivative(node):
            return self.put(node, is_linear=is_linear)
        is_linear = is_linear and _is_linear(node)
        found = with_operands(node, lambda part: self.tree(part, is_linear=is_linear))
        if found is node:
            return node
        found = _signed(found)
        if isinstance(node, Binary) and node.operator == "*" and _is_derivative(node.right):
            return self.in_front(node, found)
        return found

    def in_front(self, node: Binary, found: Tree) -> Tree:
        """A product whose last factor was a derivative."""
        if isinstance(found, Negative):
            return Negative(self.in_front(node, found.operand), node.span)
        assert isinstance(found, Binary), "a product stays one"
        is_scalar = self.typed.shape(node.left).is_scalar
        return _in_front(found.left, found.right, node.span, is_scalar=is_scalar)

    def put(self, call: Call, *, is_linear: bool) -> Tree:
        """What stands where a derivative stood."""
        inner = self.found(call, "")
        is_short = symbols(inner.value) <= MOST_INLINE
        if inner.name or not (is_short or (is_linear and call not in self.is_repeated)):
            return Name(self.named(call, inner), call.span)
        return copied(inner.value)

    def named(self, call: Call, inner: Inner) -> str:
        """The name of a derivative; one that has none gets one."""
        if not inner.name:
            letters = LETTERS[call.function]
            shape = self.typed.shape(call)
            capital = shape.is_matrix and not letters[0].isupper()
            name = next(unused_letters(letters.upper() if capital else letters, self.taken))
            self.taken.add(name)
            self.done[name] = copied(inner.value)
            self.inner[call] = inner = replace(inner, name=name)
        return inner.name

    def found(self, call: Call, name: str) -> Inner:
        """What a derivative is, derived once."""
        known = self.inner.get(call)
        if known is None:
            known = self.inner[call] = self.derived(call, name)
        return known

    def derived(self, call: Call, name: str) -> Inner:
        """Derive one derivative by one name."""
        (given, by), function = call.arguments, call.function
        assert isinstance(by, Name), "the shapes were found for a name"
        question = self.question(call, self.tree(given), by.name)
        found = derived(replace(question, order=2 if function in OF_SECOND_ORDER else 1))
        if function in TRACES:
            found = _traced(found)
        if found.form == "index":
            raise NotDifferentiableError(
                f"{function} has no form in matrix notation here",
                span=call.span,
                hint="the derivative alone, which is written entry by entry",
            )
        *definitions, last = found.printed.statements
        renamed: dict[str, str] = {}
        for each in definitions:
            assert each.name is not None
            if each.name not in self.done:
                own = self.free(each.name)
                renamed[each.name] = own
                self.done[own] = _at(call, _with_names(each.value, renamed))
        value = _at(call, _with_names(last.value, renamed))
        return Inner(call, found, value, name)

    def free(self, name: str) -> str:
        """A name that means nothing yet."""
        found = next(unused_letters(name[0], self.taken)) if name in self.taken else name
        self.taken.add(found)
        return found

    def question(self, call: Call, value: Tree, by: str) -> Question:
        """What is asked of the part of the program that a derivative is of."""
        kept = {name: tree for name, tree in self.done.items() if name != by}
        name = value.name if isinstance(value, Name) and value.name in kept else None
        value = kept[name] if name is not None else value
        used = [value, *(kept[each] for each in needed(kept, value))]
        if not any(by in names_in(tree) for tree in used):
            raise _is_lacking(call, by)
        # What is named, though D does not use it, may be found in its derivative.
        others = [Statement(each, tree) for each, tree in kept.items() if each != name]
        program = Program((*others, Statement(name, value)), self.source)
        shape = self.typed.shape(call.arguments[1])
        declared = {**self.typed.symbols, by: self.typed.symbols.get(by) or Declaration(shape)}
        of = self.typed.shape(call.arguments[0])
        typed = infer(
            program,
            {each: self.plain(each, known) for each, known in declared.items()},
            rulebook=self.rulebook,
            wrt=(by,),
            value=of,
            sizes=self.typed.sizes,
        )
        return Question(self.source, (by,), typed, self.rulebook)

    def plain(self, name: str, known: Declaration) -> Declaration:
        """What is known of a symbol, but for the properties of what is differentiated by later."""
        if name in self.wrt and binds_entries(known.properties):
            return replace(known, properties=frozenset())
        return known


def _traced(found: Derived) -> Derived:
    """The sum of the entries of a derivative whose place is that of the variable."""
    (names, node), question = next(iter(found.nodes.items())), found.question
    places = tuple(range(len(node.axes) // 2))
    dims = node.axes[: len(places)]
    traces = [(c, arranged(part, places * 2, (), dims)) for c, part in _summands(node)]
    trace = Simplifier((), (), question.rulebook)(total(traces, ())) if places else node
    extent = Extent(SCALAR, SCALAR, False)
    return written(question, {names: (trace, extent)}, found.record, first=found.first)


def _summands(node: Node) -> Iterator[Term]:
    """The terms of a node, in which no factor is a sum of matrices."""
    for coefficient, term in terms(node):
        factors = term.factors if isinstance(term, Product) else ()
        sums = [k for k, each in enumerate(factors) if len(each.node.axes) > 1]
        yield from distributed(coefficient, term, sums)


def _is_lacking(call: Call, by: str) -> NotDifferentiableError:
    of = call.arguments[0]
    what = of.name if isinstance(of, Name) else "what it is of"
    return NotDifferentiableError(
        f"{what} does not depend on {by}, so {call.function} is 0 here",
        span=call.span,
        hint="0, or the name of a symbol or a definition that it is made of",
    )


def _is_linear(node: Tree) -> bool:
    """Whether a part is linear in each operand that may have a derivative in it."""
    match node:
        case Add() | Negative() | Transpose() | Binary("*" | ".*" | "/"):
            return True
        case Call(function):
            return function in LINEAR
        case _:
            return False


def _signed(node: Tree) -> Tree:
    """A part with the signs of its factors in front of it, and no two signs side by side."""
    match node:
        case Negative(Negative(inner)):
            return inner
        case Transpose(Negative(inner)):
            return Negative(Transpose(inner, node.span), node.span)
        case Binary("*" | ".*" | "/" | "./" as operator, left, right):
            signs = [isinstance(side, Negative) for side in (left, right)]
            if not signs[1]:
                return node
            sides = [side.operand if isinstance(side, Negative) else side for side in (left, right)]
            found = Binary(operator, sides[0], sides[1], node.span)
            return found if all(signs) else Negative(found, node.span)
        case _:
            return node


def _in_front(factor: Tree, product: Tree, span: Span, *, is_scalar: bool) -> Tree:
    """A product with one more factor in front, which what follows it must not be read with.

    Only a scalar may be multiplied with the first factor alone, as `a (b'c) D` shows.
    """
    number, rest = _apart(product)
    if number is not None:
        factor = Binary("*", number, factor, span)
    if is_scalar and rest is not None and isinstance(rest, Binary) and rest.operator == "*":
        first = _in_front(factor, rest.left, span, is_scalar=True)
        return Binary("*", first, rest.right, span)
    return factor if rest is None else Binary("*", factor, rest, span)


def _apart(product: Tree) -> tuple[Tree | None, Tree | None]:
    """The number in front of a product, and what follows it."""
    match product:
        case Number():
            return product, None
        case Binary("*", left, right, span):
            number, rest = _apart(left)
            return number, right if rest is None else Binary("*", rest, right, span)
        case _:
            return None, product


def _at(call: Call, tree: Tree) -> Tree:
    """A tree of new nodes that all stand where a derivative stood."""

    def moved(part: Tree) -> Tree:
        return replace(with_operands(part, moved), span=call.span)

    return moved(tree)


def _with_names(tree: Tree, names: Mapping[str, str]) -> Tree:
    """A tree with other names in it."""
    if not names:
        return tree
    return replaced(
        tree, lambda part: Name(names.get(part.name, part.name)) if isinstance(part, Name) else None
    )
