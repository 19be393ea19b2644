r"""Prints a syntax tree as LaTeX that KaTeX accepts: `2 X^{\top} (X w - y)`.

Conventions beyond the textbook's: `\odot`, `\oslash` and `x^{\circ 2}` are elementwise.  A bold
`\mathbf{1}` is an array of ones, with its size as a subscript where the expression gives it; so
the sum over `axis=1` is `A \mathbf{1}`, and over `axis=0` it is `\mathbf{1}^{\top} A`.  Other
reductions name the axis under the function.  A comparison is an Iverson bracket,
`\mathbf{1}[X > 0]`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field, replace

from dimderiv.language import (
    Add,
    Binary,
    Blocks,
    Call,
    Entry,
    Group,
    IndexForm,
    Name,
    Negative,
    Number,
    Program,
    Slice,
    Transpose,
    Tree,
    frozen,
    names_in,
)
from dimderiv.render.latex_functions import (
    builtin_spellings,
    called,
    has_place,
    head_of,
    operator_name,
    special_call,
    spelled,
)
from dimderiv.render.latex_indices import (
    axes_of,
    axis_name,
    entry,
    entry_of,
    index_form,
    reduction,
    with_sums,
)
from dimderiv.render.latex_names import spelled_name
from dimderiv.render.latex_pieces import (
    Piece,
    at_least,
    between,
    enclosed,
    inline_number,
    number_piece,
    raised,
    width,
)
from dimderiv.render.precedence import (
    ATOM,
    FORM,
    NEGATIVE,
    OPERATOR_LEVELS,
    POWER,
    POWERS,
    PRODUCT,
    QUOTIENT,
    SUM,
    chain,
    level,
    without_number,
)

# A numerator wider than this is written after the fraction instead of in it.
_WIDTH = 18
# What spells the solution of equations, and the inverse that it has.
_SOLUTIONS = {"{x}^{-1} {y}": "inv", "{x}^{+} {y}": "pinv"}
_ELEMENTWISE = {".*": r" \odot ", "./": r" \oslash "}
_COMPARISONS = {">": ">", "<": "<", ">=": r"\ge", "<=": r"\le", "==": "="}


def latex(
    tree: Tree | Program,
    *,
    names: Mapping[str, str] = {},
    spellings: Mapping[str, str] = {},
    given: Collection[str] = (),
    sizes: Collection[str] | None = None,
) -> str:
    r"""The tree as LaTeX for math mode.

    Args:
        tree: an expression or a program; several statements become an `aligned` environment.
        names: LaTeX for names whose own spelling will not do.
        spellings: LaTeX for functions that are not built in: what stands before the
            brackets, or a pattern with a place `{x}` for the argument, `{y}` and `{z}` for more.
        given: letters that are not summed although nothing names them, as on the right of an
            equation of entries.
        sizes: the names in square brackets that are no letters, if they are known.

    Returns:
        LaTeX without dollar signs.

    >>> print(latex(Binary("*", Transpose(Name("W1")), Name("lambda"))))
    W_{1}^{\top} \lambda
    """
    spellings = {**builtin_spellings(), **spellings}
    if not isinstance(tree, Program):
        printer = _Printer(names, spellings, set(names_in(tree)))
        return printer.piece(with_sums(tree, given, sizes)).text
    known = {name for each in tree.statements for name in names_in(each.value)}
    known.update(each.name for each in tree.statements if each.name is not None)
    printer = _Printer(names, spellings, known, sizes)
    lines = [printer.equation(each.name, each.value) for each in tree.statements]
    return lines[0][1] if len(lines) == 1 and not lines[0][0] else align(lines)


def equation(
    name: str,
    value: Tree,
    *,
    names: Mapping[str, str] = {},
    spellings: Mapping[str, str] = {},
    sizes: Collection[str] | None = None,
) -> tuple[str, str]:
    r"""Both sides of a definition; the letters of an index form stand on the left one.

    Args:
        name: what is defined.
        value: its value.
        names: LaTeX for names, as for `latex`.
        spellings: LaTeX for functions, as for `latex`.
        sizes: the names in square brackets that are no letters, if they are known.

    >>> equation("y", IndexForm((("i", None),), Entry(Name("x"), (Name("i"),))))
    ('y_{i}', 'x_{i}')
    """
    known = {name, *names_in(value)}
    printer = _Printer(names, {**builtin_spellings(), **spellings}, known, sizes)
    return printer.equation(name, value)


def align(lines: Sequence[tuple[str, str]]) -> str:
    r"""Equations below each other, aligned at their equals signs.

    Args:
        lines: left and right sides in LaTeX; an empty left side leaves its equals sign out too.

    Returns:
        An `aligned` environment, which stands within math mode.

    >>> print(align([("y", "A x"), ("", "y^{2}")]))
    \begin{aligned}
      y &= A x \\
      & y^{2}
    \end{aligned}
    """
    rows = [f"  {left} &= {right}" if left else f"  & {right}" for left, right in lines]
    body = " \\\\\n".join(rows)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"


@frozen.record
class _Printer:
    """Turns nodes into pieces; `known` are the names of the tree, `space` is what factors share."""

    names: Mapping[str, str]
    spellings: Mapping[str, str]
    known: Collection[str] = field(repr=False)
    sizes: Collection[str] | None = None
    space: str = " "
    # By identity, since a quotient may be written in two ways; each node is kept alive beside it.
    done: dict[int, tuple[Tree, Piece]] = field(default_factory=dict, init=False, repr=False)

    def equation(self, name: str | None, value: Tree) -> tuple[str, str]:
        """The two sides of a statement; the left one is empty where it has no name."""
        value = with_sums(value, sizes=self.sizes)
        if name is None:
            return "", self.piece(value).text
        if not isinstance(value, IndexForm) or not value.letters:
            return self.name(name), self.piece(value).text
        write = replace(self, space=r" \, ").piece
        return entry_of(write(Name(name)), axes_of(value, write)), write(value.body).text

    def piece(self, node: Tree) -> Piece:
        if id(node) not in self.done:
            self.done[id(node)] = node, self.written(node)
        return self.done[id(node)][1]

    def written(self, node: Tree) -> Piece:
        match node:
            case Name():
                return Piece(self.name(node.name), ATOM)
            case Number():
                return number_piece(node.value)
            case Negative():
                operand = self.piece(node.operand)
                return Piece("-" + at_least(operand, QUOTIENT), NEGATIVE, operand.tall)
            case Add():
                return self.sum(node)
            case Binary():
                return self.binary(node)
            case Transpose():
                return self.transpose(node.operand)
            case Call() if not node.over:
                return self.call(node)
            case Group():
                return self.group(node)
            case Entry():
                return entry(node, replace(self, space=" ").piece)
            case Call():
                return reduction(node, self.piece)
            case IndexForm():
                return index_form(node, replace(self, space=r" \, ").piece)
            case Slice(start, stop):
                ends = [self.piece(end).text if end else "" for end in (start, stop)]
                return Piece(":".join(ends), ATOM)
            case Blocks(rows):
                lines = [" & ".join(self.piece(block).text for block in row) for row in rows]
                body = r" \\ ".join(lines)
                return Piece(rf"\begin{{bmatrix}} {body} \end{{bmatrix}}", ATOM, True)

    def group(self, node: Group) -> Piece:
        inside = self.piece(node.operand)
        return inside if inside.level >= POWER else Piece(at_least(inside, ATOM), ATOM, inside.tall)

    def name(self, name: str) -> str:
        own = self.names.get(name)
        if own is None:
            return spelled_name(name, self.known)
        # Braces, because TeX refuses a second superscript.
        return f"{{{own}}}" if "^" in own or "'" in own else own

    def sum(self, node: Add) -> Piece:
        first, *others = node.terms
        pieces = [self.piece(first)]
        written = at_least(pieces[0], NEGATIVE)
        for term in others:
            is_negative = isinstance(term, Negative)
            pieces.append(self.piece(term.operand if isinstance(term, Negative) else term))
            written += (" - " if is_negative else " + ") + at_least(pieces[-1], QUOTIENT)
        return Piece(written, SUM, any(piece.tall for piece in pieces))

    def binary(self, node: Binary) -> Piece:
        if node.operator in POWERS:
            exponent = self.exponent(node.right)
            if node.operator == ".^":
                is_sum = isinstance(_ungrouped(node.right), Add)
                exponent = rf"\circ ({exponent})" if is_sum else rf"\circ {exponent}"
            return raised(self.piece(node.left), exponent)
        if node.operator == "/":
            return self.quotient(node.left, node.right)
        if node.operator == "//":
            quotient = self.quotient(node.left, node.right)
            return Piece(rf"\left\lfloor {quotient.text} \right\rfloor", ATOM, True)
        if node.operator in _COMPARISONS:
            return self.comparison(node)
        return self.product(node)

    def comparison(self, node: Binary) -> Piece:
        left, right = self.piece(node.left), self.piece(node.right)
        sign = _COMPARISONS[node.operator]
        inside = f"{at_least(left, SUM)} {sign} {at_least(right, SUM)}"
        tall = left.tall or right.tall
        return Piece(r"\mathbf{1}" + enclosed(inside, tall=tall, brackets="[]"), ATOM, tall)

    def product(self, node: Binary) -> Piece:
        match node:
            case Binary("*", Number(value), Binary("/", top, bottom)) if value.denominator == 1:
                return self.quotient(Binary("*", node.left, top), bottom)
        factors = chain(node, _ELEMENTWISE if node.operator in _ELEMENTWISE else "*@")
        written, loosest, tall = "", OPERATOR_LEVELS[node.operator], False
        for operator, factor, lowest in factors:
            piece = self.piece(factor)
            # At the end of a product, a reduction takes nothing more than what is in it.
            if factor is factors[-1].node and isinstance(factor, Call) and factor.over:
                lowest = FORM
            # `A (B^{-1} c)` is a product of three, wherever it conforms.
            if node.operator not in _ELEMENTWISE and self._is_solution(factor):
                lowest = min(lowest, PRODUCT)
            # Around a sign such as `\odot`, brackets on one side only would look odd.
            if node.operator in _ELEMENTWISE and not _is_multiple(factor):
                lowest = max(lowest, POWER)
            tall, text = tall or piece.tall, at_least(piece, lowest)
            if piece.level >= lowest:
                loosest = min(loosest, piece.level)
            if operator:
                written += _ELEMENTWISE.get(operator) or between(written, text, self.space)
            written += text
        return Piece(written, loosest, tall)

    def _is_solution(self, factor: Tree) -> bool:
        return isinstance(factor, Call) and self.spellings.get(factor.function) in _SOLUTIONS

    def quotient(self, top: Tree, bottom: Tree) -> Piece:
        top, bottom = _ungrouped(top), _ungrouped(bottom)
        below = self.piece(bottom).text
        if isinstance(top, Number) and isinstance(bottom, Number):
            return Piece(rf"\tfrac{{{inline_number(top.value)}}}{{{below}}}", POWER)
        above = self.piece(top).text
        if width(above) <= _WIDTH or width(below) > _WIDTH or not isinstance(top, Add | Binary):
            return Piece(rf"\frac{{{above}}}{{{below}}}", POWER, True)
        coefficient, rest = without_number(top)
        above = "1" if coefficient is None else self.piece(coefficient).text
        rest_written = at_least(self.piece(rest), PRODUCT)
        fraction = rf"\frac{{{above}}}{{{below}}}"
        separator = between(fraction, rest_written, self.space)
        return Piece(fraction + separator + rest_written, PRODUCT, True)

    def exponent(self, node: Tree) -> str:
        match node:
            case Number(value):
                return inline_number(value)
            case Negative(operand):
                return "-" + self.exponent(operand)
            case Binary("/", Number() | Name() as top, Number() | Name() as bottom):
                return f"{self.piece(top).text}/{self.piece(bottom).text}"
        return self.piece(node).text

    def transpose(self, operand: Tree) -> Piece:
        match operand:
            case Call("inv", (base,)):
                return raised(self.piece(base), r"-\top")
            case Binary("^", base, Negative(Number(value))) if value == 1:
                return raised(self.piece(base), r"-\top")
        return raised(self.piece(operand), r"\top")

    def call(self, node: Call) -> Piece:
        spelling = self.spellings.get(node.function)
        if spelling in _SOLUTIONS:
            return self.piece(_as_product(_SOLUTIONS[spelling], *node.arguments))
        arguments = [self.piece(argument) for argument in node.arguments]
        special = special_call(node, arguments, self.piece)
        if special is not None:
            return special
        subscript = "" if node.axis is None else rf"_{{\mathrm{{axis}}={axis_name(node.axis)}}}"
        if spelling is None or len(arguments) > 3:
            return called(operator_name(node.function) + subscript, arguments)
        if has_place(spelling):
            return spelled(spelling, arguments)
        return called(head_of(node.function, spelling, self.known) + subscript, arguments)


def _is_multiple(node: Tree) -> bool:
    """Whether this is a number times a single factor, such as `2 g`."""
    return (
        isinstance(node, Binary) and isinstance(node.left, Number) and level(node.right) > PRODUCT
    )


def _as_product(function: str, matrix: Tree, right: Tree) -> Tree:
    """A solution of equations as it is printed: the inverse and the right side."""
    if isinstance(matrix, Transpose):
        return Binary("*", Transpose(Call(function, (matrix.operand,))), right)
    return Binary("*", Call(function, (matrix,)), right)


def _ungrouped(node: Tree) -> Tree:
    return _ungrouped(node.operand) if isinstance(node, Group) else node
