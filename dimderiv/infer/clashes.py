"""Clashes: parts of a program whose shapes do not go together, and the error that explains one.

While kinds are still being tried a clash is only caught and forgotten, so it is cheap; the sentence
is written once it is certain that nothing conforms.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from dimderiv.errors import ShapeError, Span
from dimderiv.infer.unify import SizeTerm, Unifier, resolved
from dimderiv.language import Declaration, Shape, Tree, children, names_in, printed_name, syntax

# The sizes of all axes; there are at least two.
Axes = tuple[SizeTerm, ...]
WriteSize: TypeAlias = "Callable[[Facts, ClashError], ShapeError]"

FACTS_SHOWN = 6


class ClashError(Exception):
    """A node whose operands do not go together.

    Args:
        node: the node.
        write: writes the error, once every size has a name.
        sizes: two sizes that would have to be equal.
    """

    def __init__(
        self,
        node: Tree,
        write: WriteSize,
        sizes: tuple[SizeTerm, SizeTerm] | None = None,
    ) -> None:
        super().__init__(node)
        self.node = node
        self.write = write
        self.sizes = sizes


class Facts:
    """What is known of a program, as it is told when an error is written.

    Attributes:
        source: the text of the program.
        axes: the sizes of each node.
        names: the sizes of each name, by what it means.
        meanings: what each name means.
        declared: the declared symbols.
        unifier: knows the reason for each size.
    """

    source: str
    axes: Mapping[int, Axes]
    names: Mapping[str, Axes]
    meanings: Mapping[str, str]
    declared: Mapping[str, Declaration]
    unifier: Unifier

    def text(self, node: Tree) -> str:
        """A part of the program as it was written."""
        start, end = node.span
        if end > start and self.source:
            # Of x_i the array is x.
            return " ".join(self.source[start:end].split()).rstrip("_")
        return node.name if isinstance(node, syntax.Name) else "this part"

    def grouped(self, node: Tree) -> str:
        """A part of the program, in brackets where it is not a single thing."""
        single = (syntax.Name, syntax.Number, syntax.Call, syntax.Transpose)
        return self.text(node) if isinstance(node, single) else f"({self.text(node)})"

    def is_undeclared(self, name: str) -> bool:
        """Whether a name is a symbol of which nothing is declared."""
        return self.meanings.get(name) == "symbol" and name not in self.declared

    def shape(self, node: Tree) -> Shape:
        """The shape of a node."""
        return shape_of(self.axes[id(node)])

    def said(self, node: Tree) -> str:
        """The shape of a node in a sentence."""
        return f"{self.text(node)} is {described(self.shape(node))}"

    def refusal(
        self, message: str, node: Tree, hint: str | None = None, *, about: Tree | None = None
    ) -> ShapeError:
        """An error at a node, with what is known about it, or about another one."""
        known = self.known([about or node], None)
        return ShapeError(message, span=node.span, known=known, hint=hint)

    def known(self, nodes: Sequence[Tree], sizes: tuple[SizeTerm, SizeTerm] | None) -> list[str]:
        """What is known of the names in some nodes, and which places say so."""
        reasons = [node for size in sizes or () for node in self.unifier.reasons(size)]
        names = dict.fromkeys(name for node in (*nodes, *reasons) for name in names_in(node))
        facts = [self._fact(name) for name in names if name in self.names]
        return [fact for fact in facts if fact][:FACTS_SHOWN]

    def _fact(self, name: str) -> str | None:
        shape = f"{name}: {shape_of(self.names[name])}"
        if self.meanings[name] == "size":
            return None
        if self.meanings[name] == "definition":
            return f"{shape} (defined)"
        if name in self.declared:
            labels = self.declared[name].labels
            return f"{shape}{f' labels {labels}' if labels else ''} (declared)"
        places = [self.text(node) for t in self.names[name] for node in self.unifier.reasons(t)]
        because = " and ".join(dict.fromkeys(places))
        return f"{shape} (from {because})" if because else f"{shape} (not declared)"


def shape_of(axes: Axes) -> Shape:
    """The shape that axes make, once every size has a name."""
    return Shape(*map(resolved, axes))


def product_misfit(facts: Facts, clash: ClashError) -> ShapeError:
    """The error for a matrix product whose inner sizes differ."""
    left, right = children(clash.node)
    return _misfit(facts, clash, (left, right), _fitting_products(facts, left, right))


def broadcast_misfit(*nodes: Tree) -> WriteSize:
    """Writes the error for operands that are combined entry by entry and have different sizes."""

    def write(facts: Facts, clash: ClashError) -> ShapeError:
        first, second = nodes[0], nodes[-1]
        span = (min(first.span[0], second.span[0]), max(first.span[1], second.span[1]))
        return _misfit(facts, clash, nodes, _fitting_sums(facts, clash, nodes), span)

    return write


def operands_misfit(facts: Facts, clash: ClashError) -> ShapeError:
    """The error for operands of any other kind that do not fit together."""
    return _misfit(facts, clash, children(clash.node) or (clash.node,))


def argument_misfit(wanted: Shape, number: int) -> WriteSize:
    """Writes the error for an argument that has not the shape that its function is declared for."""

    def write(facts: Facts, clash: ClashError) -> ShapeError:
        assert isinstance(clash.node, syntax.Call)
        argument = clash.node.arguments[number]
        function = printed_name(clash.node.function)
        return ShapeError(
            f"{function} takes {described(wanted)}: {facts.said(argument)}",
            span=argument.span,
            known=facts.known([argument], clash.sizes),
            hint=f"{facts.text(argument)} as {described(wanted)}, or another declaration",
        )

    return write


def definition_misfit(name: str) -> WriteSize:
    """Writes the error for a definition whose value has not the shape that was declared."""

    def write(facts: Facts, clash: ClashError) -> ShapeError:
        own, value = facts.declared[name].shape, facts.shape(clash.node)
        return ShapeError(
            f"{name} is declared {described(own)}, but its definition is {described(value)}",
            span=clash.node.span,
            known=facts.known([clash.node], clash.sizes),
            hint=f"leave out the declaration of {name}",
        )

    return write


def letter_misfit(facts: Facts, clash: ClashError) -> ShapeError:
    """The error for an index letter that runs along two axes of different size."""
    return _misfit(facts, clash, children(clash.node)[:1])


def kernel_misfit(facts: Facts, clash: ClashError) -> ShapeError:
    """The error for a kernel that is larger than the image."""
    image, kernel = children(clash.node)[:2]
    return facts.refusal(
        f"the kernel is larger than the image: {facts.said(kernel)} and {facts.said(image)}",
        clash.node,
        "the image first, then the kernel: conv2(V, K)",
    )


def square_misfit(facts: Facts, clash: ClashError) -> ShapeError:
    """The error for a function of a square matrix, or a power, of what is not square."""
    node = clash.node
    operand = children(node)[0]
    shape, text = facts.shape(operand), facts.text(operand)
    return ShapeError(
        f"{facts.text(node)} needs a square matrix: {text} is {described(shape)}, "
        f"so {shape.rows} would have to be {shape.cols}",
        span=operand.span,
        known=facts.known([operand], clash.sizes),
        hint=_square_hint(facts, node, text, shape),
    )


def described(shape: Shape) -> str:
    """A shape in a sentence, with both its axes."""
    return "a scalar" if shape.is_scalar else " x ".join(map(str, shape))


def unsigned(node: Tree) -> Tree:
    """A term without its minus signs."""
    while isinstance(node, syntax.Negative):
        node = node.operand
    return node


def _misfit(
    facts: Facts,
    clash: ClashError,
    parts: Sequence[Tree],
    hint: str | None = None,
    span: Span | None = None,
) -> ShapeError:
    span = span or clash.node.span
    said_of = dict.fromkeys(map(facts.said, parts))
    message = f"{facts.source[slice(*span)] or 'this'} does not conform: {' and '.join(said_of)}"
    if clash.sizes is not None:
        left, right = (resolved(size) for size in clash.sizes)
        message += f", so {left} would have to be {right}"
    return ShapeError(message, span=span, known=facts.known([clash.node], clash.sizes), hint=hint)


def _fitting_products(facts: Facts, left: Tree, right: Tree) -> str | None:
    """The products of the same two operands that conform."""
    shapes = facts.shape(left), facts.shape(right)
    if any(shape.has_more_axes for shape in shapes):
        return None
    (m, n), (p, q) = shapes
    a, b = facts.grouped(left), facts.grouped(right)
    at, bt = _transposed(facts, left), _transposed(facts, right)
    candidates = [
        (f"{at} {b}", m == p),
        (f"{a} {bt}", n == q),
        (f"{at} {bt}", m == q),
        (f"{a} .* {b}", (m, n) == (p, q)),
        (f"{b} {a}", q == m),
        (f"{b} {at}", q == n),
        (f"{bt} {a}", p == m),
    ]
    fitting = list(dict.fromkeys(text for text, conforms in candidates if conforms))[:3]
    return " or ".join(filter(None, [", ".join(fitting[:-1]), *fitting[-1:]])) or None


def _fitting_sums(facts: Facts, clash: ClashError, nodes: Sequence[Tree]) -> str | None:
    left, right = (facts.shape(node) for node in nodes)
    if left == right.transposed:
        return f"{_transposed(facts, nodes[1])} in place of {facts.text(nodes[1])}"
    names = [str(resolved(size)) for size in clash.sizes or ()]
    if all(name.isidentifier() for name in names):
        return f"one name for the sizes {' and '.join(names)}, if they are equal"
    return None


def _transposed(facts: Facts, node: Tree) -> str:
    if isinstance(node, syntax.Transpose):
        return facts.grouped(node.operand)
    return f"{facts.grouped(node)}'"


def _square_hint(facts: Facts, node: Tree, text: str, shape: Shape) -> str:
    if not shape.is_matrix:
        return f"sum({text}) or ||{text}||, which take a vector"
    if not isinstance(node, syntax.Call):
        power = facts.grouped(children(node)[1])
        defined = f"pinv({text})" if power == "(-1)" else f"{text}' {text}"
        return f"{defined}, or {text}.^{power} for each entry"
    instead = {
        "inv": f"pinv({text})",
        "expm": f"exp({text}) for each entry",
        "tr": f"sum({text}), or tr({text}' {text})",
    }
    return instead.get(node.function, f"{node.function}({text}' {text})")
