"""The numpy code of an index form: one `einsum` for each of its terms.

Each factor of a term is an array with a letter for each axis.  A factor whose indices are letters
is its own array; one with other indices, such as `V[o + k, p + l]`, is first gathered into an
array that has an axis for each letter in them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from string import ascii_letters

from dimderiv.codegen.arrays import (
    ATOM,
    SUM,
    Arrays,
    Code,
    array,
    constant,
    infix,
    level_of,
    negated,
    transposed,
    wrapped,
)
from dimderiv.errors import ShapeError
from dimderiv.language.syntax import (
    Add,
    Binary,
    Entry,
    IndexForm,
    Name,
    Negative,
    Node,
    Number,
    children,
)
from dimderiv.shapes import ONE, SCALAR, Dim, Shape, size_of

Letters = tuple[str, ...]


@dataclass(frozen=True)
class Term:
    """A product in an index form: a sign, factors above and below the line."""

    negative: bool
    above: tuple[Node, ...]
    below: tuple[Node, ...] = ()

    def times(self, other: "Term") -> "Term":
        """The product of two terms."""
        return Term(
            self.negative != other.negative, self.above + other.above, self.below + other.below
        )


def terms_of(body: Node) -> list[Term]:
    """The terms of a body, with products of sums multiplied out.

    Args:
        body: sums, products and quotients of scalars and entries.
    """
    if not entries_in(body):
        # A scalar, which may be a product of a row and a column, stays in one piece.
        return [Term(False, (body,))]
    match body:
        case Add(parts):
            return [term for part in parts for term in terms_of(part)]
        case Negative(operand):
            return [replace(term, negative=not term.negative) for term in terms_of(operand)]
        case Binary("*" | ".*", left, right):
            return [a.times(b) for a in terms_of(left) for b in terms_of(right)]
        case Binary("/" | "./", left, right):
            return [replace(term, below=(*term.below, right)) for term in terms_of(left)]
    return [Term(False, (body,))]


def entries_in(node: Node) -> list[Entry]:
    """The entries that occur in a body."""
    if isinstance(node, Entry):
        return [node]
    return [entry for child in children(node) for entry in entries_in(child)]


@dataclass
class Labelled:
    """An array of the code with a letter for each of its axes."""

    code: Code
    letters: Letters
    is_identity: bool = False


@dataclass
class IndexWriter:
    """Writes one index form.

    Args:
        form: the index form.
        code: writes a part that has no letters: an operand of an entry, or a scalar.
        shape: the shape of such a part.
        meaning: says what a name stands for that is no letter.
        arrays: the operations on pieces of code.
        helper: called with the name of a function that the code needs; says how it is called.
    """

    form: IndexForm
    code: Callable[[Node], Code]
    shape: Callable[[Node], Shape]
    meaning: Callable[[str], str]
    arrays: Arrays
    helper: Callable[[str], str]
    sizes: dict[str, Dim] = field(init=False)

    def __post_init__(self) -> None:
        self.sizes = {letter: size_of(size) for letter, size in self.form.letters}

    def written(self) -> Code:
        """The code of the whole form, with the axes of its head."""
        free = tuple(self.sizes)
        total: Code | None = None
        for term in terms_of(self.form.body):
            part = self._term(term, free)
            if total is None:
                total = negated(part) if term.negative else part
            else:
                text = infix(total, "-" if term.negative else "+", part)
                total = constant(text, SCALAR, SUM)
        assert total is not None
        dims = [
            reduce(Dim.__mul__, (self.sizes[letter] for letter, _ in letters))
            for letters in self.form.axes
        ]
        shape = Shape(*(*dims, ONE, ONE)[:2])
        if not self.form.groups:
            return array(total.text, shape, total.level)
        sizes = ", ".join(self.arrays.size(dim).text for dim in dims)
        return array(f"{wrapped(total, ATOM)}.reshape({sizes})", shape)

    def _term(self, term: Term, free: Letters) -> Code:
        self.sizes = {letter: self.sizes[letter] for letter in free}
        for entry in (e for node in term.above + term.below for e in entries_in(node)):
            self._note_sizes(entry)
        parts = [self._factor(node) for node in term.above]
        one = constant("1", SCALAR)
        for node in term.below:
            part = self._factor(node)
            parts.append(Labelled(self._joined("/", one, part.code), part.letters))
        parts = contracted(parts, free)
        scalars = [part.code for part in parts if not part.letters]
        arrays = [part for part in parts if part.letters]
        held = {letter for part in arrays for letter in part.letters}
        for letter in free:
            if letter not in held:
                ones = array(f"np.ones({self.arrays.size(self.sizes[letter]).text})", SCALAR)
                arrays.append(Labelled(ones, (letter,)))
        factors = scalars + ([self._einsum(arrays, free).code] if arrays else [])
        return reduce(lambda left, right: self.arrays.entrywise("*", left, right), factors)

    def _note_sizes(self, entry: Entry) -> None:
        if self._is_identity(entry.operand):
            return
        for index, dim in zip(entry.indices, self._axes(entry), strict=True):
            if isinstance(index, Name):
                self.sizes.setdefault(index.name, dim)

    def _axes(self, entry: Entry) -> tuple[Dim, ...]:
        shape = self.shape(entry.operand)
        return tuple(shape) if len(entry.indices) == 2 else (*shape.axes, ONE)[:1]

    def _is_identity(self, node: Node) -> bool:
        return isinstance(node, Name) and self.meaning(node.name) == "identity"

    def _joined(self, operator: str, left: Code, right: Code) -> Code:
        return array(infix(left, operator, right), SCALAR, level_of(operator))

    def _einsum(self, parts: Sequence[Labelled], free: Letters) -> Labelled:
        if len(parts) == 1 and parts[0].letters == free:
            return parts[0]
        letters = dict.fromkeys(letter for part in parts for letter in part.letters)
        spare = (letter for letter in ascii_letters if letter not in letters)
        short = {letter: letter if len(letter) == 1 else next(spare) for letter in letters}
        inputs = ",".join("".join(short[letter] for letter in part.letters) for part in parts)
        output = "".join(short[letter] for letter in free)
        texts = ", ".join(part.code.text for part in parts)
        order = ", optimize=True" if len(parts) > 2 else ""
        return Labelled(array(f'np.einsum("{inputs}->{output}", {texts}{order})', SCALAR), free)

    def _factor(self, node: Node) -> Labelled:
        if not entries_in(node):
            return Labelled(self.code(node), ())
        match node:
            case Entry():
                return self._entry(node)
            case Negative(operand):
                part = self._factor(operand)
                return Labelled(negated(part.code), part.letters)
            case Binary("^" | ".^", base, exponent):
                return self._together("**", self._factor(base), self._factor(exponent))
            case Binary("*" | ".*" | "/" | "./" as operator, left, right):
                sign = operator.removeprefix(".")
                return self._together(sign, self._factor(left), self._factor(right))
            case Add(terms):
                parts = [self._factor(term) for term in terms]
                return reduce(lambda a, b: self._together("+", a, b), parts)
        raise ShapeError("this cannot stand in an index form", span=node.span)

    def _together(self, operator: str, left: Labelled, right: Labelled) -> Labelled:
        letters = tuple(dict.fromkeys(left.letters + right.letters))
        sides = (self._spread(side, letters) for side in (left, right))
        return Labelled(self._joined(operator, *sides), letters)

    def _spread(self, part: Labelled, letters: Letters) -> Code:
        """The array with an axis for each of the letters, of size 1 where it has none."""
        if not part.letters or part.letters == letters:
            return part.code
        ordered = self._einsum([part], tuple(a for a in letters if a in part.letters))
        index = ", ".join(":" if letter in part.letters else "None" for letter in letters)
        text = f"{wrapped(ordered.code, ATOM)}[{index}]"
        return array(text, SCALAR) if "None" in index else ordered.code

    def _entry(self, entry: Entry) -> Labelled:
        if self._is_identity(entry.operand):
            return self._delta(entry)
        operand = self.arrays.full(self.code(entry.operand))
        places = list(zip(entry.indices, self._axes(entry), strict=True))
        places = [place for place in places if not place[1].is_one] or places[:1]
        indices = [index for index, _ in places]
        vector = operand if operand.flat else transposed(operand)
        letters = self._letters(indices)
        if all(isinstance(i, Name) and self._size(i.name) == dim for i, dim in places):
            return Labelled(replace(vector, shape=SCALAR, held=SCALAR), letters)
        body = ", ".join(self._index(index).text for index in indices)
        body += "," if len(indices) == 1 else ""
        letters = tuple(dict.fromkeys(letters))
        names, sizes = ", ".join(letters), self._extents(letters)
        text = f"{self.helper('entries')}({vector.text}, lambda {names}: ({body}), {sizes})"
        return Labelled(array(text, SCALAR), letters)

    def _delta(self, entry: Entry) -> Labelled:
        letters = self._letters(entry.indices)
        sizes = {self._size(letter) for letter in letters}
        if all(isinstance(index, Name) for index in entry.indices) and len(sizes) == 1:
            eye = array(f"np.eye({self.arrays.size(sizes.pop()).text})", SCALAR)
            return Labelled(eye, letters, is_identity=True)
        row, column = (self._index(index).text for index in entry.indices)
        test = f"lambda {', '.join(letters)}: 1.0 * ({row} == {column})"
        return Labelled(
            array(f"np.fromfunction({test}, {self._extents(letters)})", SCALAR), letters
        )

    def _extents(self, letters: Letters) -> str:
        texts = [self.arrays.size(self._size(letter)).text for letter in letters]
        return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"

    def _size(self, letter: str) -> Dim:
        if letter not in self.sizes:
            raise ShapeError(
                f"the range of the letter {letter} is not known",
                span=self.form.span,
                hint="use the letter alone as an index somewhere in the term",
            )
        return self.sizes[letter]

    def _is_letter(self, name: str) -> bool:
        return name in self.sizes or self.meaning(name) != "size"

    def _letters(self, indices: Sequence[Node]) -> Letters:
        plain = [index.name for index in indices if isinstance(index, Name)]
        if len(plain) == len(indices):
            return tuple(plain)
        names = [name for index in indices for name in names_in(index) if self._is_letter(name)]
        return tuple(dict.fromkeys(names))

    def _index(self, node: Node) -> Code:
        match node:
            case Name(name):
                is_letter = self._is_letter(name)
                return array(name, SCALAR) if is_letter else self.arrays.size(Dim.of(name))
            case Number(value):
                return constant(str(value), SCALAR)
            case Negative(operand):
                return negated(self._index(operand))
            case Add(terms):
                return reduce(self._added, terms[1:], self._index(terms[0]))
            case Binary("*", left, right):
                return self._joined("*", self._index(left), self._index(right))
        raise ShapeError("this is not an index", span=node.span)

    def _added(self, total: Code, term: Node) -> Code:
        if isinstance(term, Negative):
            return self._joined("-", total, self._index(term.operand))
        return self._joined("+", total, self._index(term))


def contracted(parts: Sequence[Labelled], free: Letters) -> list[Labelled]:
    """The factors without identities that only say that a summed letter is another letter.

    Args:
        parts: the factors of a term.
        free: the letters that are not summed.
    """
    kept = list(parts)
    for part in parts:
        summed = [letter for letter in part.letters if letter not in free]
        if not part.is_identity or not summed or len(set(part.letters)) != 2:
            continue
        gone = summed[0]
        other = next(letter for letter in part.letters if letter != gone)
        kept.remove(part)
        kept = [
            replace(p, letters=tuple(other if a == gone else a for a in p.letters)) for p in kept
        ]
        return contracted(kept, free)
    return kept


def names_in(node: Node) -> list[str]:
    """The names that occur in an index, from left to right."""
    if isinstance(node, Name):
        return [node.name]
    return [name for child in children(node) for name in names_in(child)]
