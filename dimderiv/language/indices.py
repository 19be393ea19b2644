"""Square brackets: the heads of index statements, entries and slices, and letters to reduce over.

`[i:m, j] A[i,k] B[k,j]`, `x[1:]`, `X[b, (h d)]`, `max[r:2, s:2] X[2i+r, 2j+s]`.
"""

from abc import abstractmethod
from itertools import pairwise, takewhile

from dimderiv.language import complaints
from dimderiv.language.brackets import closing_bracket
from dimderiv.language.cursor import Cursor
from dimderiv.language.inline import names_in
from dimderiv.language.syntax import (
    Add,
    Binary,
    Call,
    Entry,
    IndexForm,
    Letter,
    Name,
    Negative,
    Number,
    Slice,
    Tree,
    children,
    walk,
)
from dimderiv.language.vocabulary import MARK, RANK, Token
from dimderiv.lazy import pattern

_BEFORE_LETTERS = frozenset({"[", "(", ",", "name"})
_PAIR = pattern("_[a-z]{2}")
_LETTER = pattern(r"[a-z][0-9]*")
_IN_A_BARE_HEAD = frozenset({"name", ",", "(", ")"})
_IN_A_HEAD = _IN_A_BARE_HEAD | {":", "number", "+", "-", "*", "//", "^"}
_ENDS_INDEX = frozenset({",", "]", "row"})
_FOLLOWS_A_HEAD = frozenset(
    {"number", "name", "function", "reduction", "(", "[", "open", "⟨", "e", "ones", "+", "-"}
)


class Head:
    """The letters of an index statement or of a reduction, with their sizes, axis by axis."""

    def __init__(self) -> None:
        self.sizes: dict[str, Tree | None] = {}
        self.groups: list[int] = []

    @property
    def letters(self) -> tuple[Letter, ...]:
        """Each letter with its size."""
        return tuple(self.sizes.items())

    @property
    def merged(self) -> tuple[int, ...]:
        """How many letters each axis has, where one has several."""
        return tuple(self.groups) if len(self.groups) < len(self.sizes) else ()


class IndexReader(Cursor):
    """Reads what stands in square brackets, and what stands behind the letters of a head.

    Attributes:
        has_letters: whether something was read that may have letters to sum over.
        has_subscripts: whether an entry was written with a subscript, and so no letter is summed.
        in_index: whether an index is read, where a name is a letter.
        in_size: whether a size or an index is read, where `//` divides.
    """

    has_letters = False
    has_subscripts = False
    in_index = False
    in_size = False

    @abstractmethod
    def expression(self) -> Tree:
        """An expression of any kind."""

    @abstractmethod
    def sum(self) -> Tree:
        """Products with `+` and `-` between them."""

    @abstractmethod
    def product(self) -> Tree:
        """Factors side by side."""

    def is_head(self) -> bool:
        """Whether the bracket here holds the letters of a statement, and no blocks.

        Names that are declared may be letters all the same, where they stand in later indices.
        """
        end = closing_bracket(self.tokens, self.index)
        inside = self.tokens[self.index + 1 : end]
        if end == len(self.tokens) or not {token.kind for token in inside} <= _IN_A_HEAD:
            return False
        following = self.tokens[end + 1].kind
        if any(token.kind == ":" for token in inside) or not inside:
            return True
        letters = [token.text for token in inside if token.kind == "name"]
        is_bare = {token.kind for token in inside} <= _IN_A_BARE_HEAD and letters
        if following not in _FOLLOWS_A_HEAD or not is_bare:
            return False
        if not all(map(_LETTER.fullmatch, letters)):
            return False
        # One letter alone would be no row of blocks.
        is_new = not any(letter in self.known for letter in letters)
        if is_new and (following not in "+-" or len(letters) == 1):
            return True
        return self.indexed_after(end).issuperset(letters)

    def indexed_after(self, start: int) -> set[str]:
        """The names in square brackets in the rest of the statement."""
        found, depth = set[str](), 0
        for token in self.tokens[start + 1 :]:
            depth += (token.kind == "[") - (token.kind == "]")
            if token.kind == ";":
                break
            if depth and token.kind == "name":
                found.add(token.text)
        return found

    def index_form(self) -> Tree:
        """An array given entry by entry, such as `[i:m, j:n] A[i,k] B[k,j]`."""
        start = self.token.start
        head = self.head()
        return self.form(head, start)

    def form(self, head: Head, start: int) -> IndexForm:
        """What a head and the expression after it give."""
        self.has_letters = True
        body = self.expression()
        return IndexForm(head.letters, body, head.merged, (start, self.end))

    def head(self) -> Head:
        """Letters in square brackets, with or without the sizes of their axes."""
        opening, head = self.enter(), Head()
        while self.token.kind != "]" or head.groups:
            before = len(head.sizes)
            self.letters(head)
            head.groups.append(len(head.sizes) - before)
            if self.token.kind != ",":
                break
            self.advance()
        self.leave(opening, "]")
        return head

    def letters(self, head: Head) -> None:
        """Go past one axis in a head: a letter, or several in brackets."""
        if self.token.kind != "(":
            self.letter(head)
            return
        opening = self.enter()
        self.letter(head)
        while self.token.kind in {",", "name"}:
            if self.token.kind == ",":
                self.advance()
            self.letter(head)
        self.leave(opening, ")")

    def sizes_ahead(self) -> list[Token]:
        """The names in the rest of a head that stand as letters, and are sizes."""
        rest = takewhile(lambda token: token.kind not in {"]", "end"}, self.tokens[self.index :])
        pairs = pairwise([self.tokens[self.index - 1], *rest])
        letters = [token for before, token in pairs if before.kind in _BEFORE_LETTERS]
        return [token for token in letters if token.text in self.sizes]

    def letter(self, head: Head) -> None:
        """Go past a letter, and its size where it has one."""
        letter = self.token
        if letter.kind != "name" or not _LETTER.fullmatch(letter.text):
            raise complaints.said("no letter", letter.span)
        if letter.text in self.sizes:
            raise complaints.letters_are_sizes(self.sizes_ahead())
        if letter.text in head.sizes:
            raise complaints.letter_twice(letter)
        self.advance()
        head.sizes[letter.text] = None
        if self.token.kind == ":":
            self.advance()
            head.sizes[letter.text] = size = self.size()
            if self.token.kind == ":":
                raise complaints.said("size goes on", (letter.start, self.token.end))
            self.sizes.update(names_in(size))

    def size(self) -> Tree:
        """The size of an axis: a sum of products and quotients of sizes and numbers."""
        node = self.divided_sum()
        _refuse_parts(node, (Number, Name, Negative, Add, Binary))
        return node

    def divided_sum(self) -> Tree:
        """A sum in which `//` divides."""
        before, self.in_size = self.in_size, True
        node = self.sum()
        self.in_size = before
        return node

    def reduction(self) -> Tree:
        """A reduction over letters, such as `sum[k] A[i,k] B[k,j]`, which takes a whole product."""
        function = self.advance()
        head = self.head()
        if not head.sizes or head.merged:
            raise complaints.said("no reduction", function.span)
        if _PAIR.fullmatch(self.source, function.end, self.end):
            written = self.source[function.start : self.end]
            self.assumptions[f"{written} runs over {' and '.join(head.sizes)}"] = None
        self.has_letters = True
        is_called, first = self.token.kind == "(" and self.is_glued(), self.index
        body = self.product()
        if is_called and self.index > closing_bracket(self.tokens, first) + 1:
            raise complaints.reach_of_reduction(function, self.source[function.start : self.end])
        return Call(function.text, (body,), over=head.letters, span=(function.start, self.end))

    def entry(self, operand: Tree, start: int) -> Tree:
        """An operand with index brackets."""
        if operand == Name("E") and "E" not in self.known:
            raise complaints.said("E[", self.token.span)
        if isinstance(operand, Number):
            raise complaints.said("loose [", self.token.span)
        self.has_letters = True
        opening = self.enter()
        if opening.text == MARK:
            self.subscripted(operand, start)
        before, self.in_index = self.in_index, True
        indices = [self.part()]
        while self.token.kind == ",":
            self.advance()
            indices.append(self.part())
        self.in_index = before
        self.leave(opening, "]")
        return Entry(operand, tuple(indices), (start, self.end))

    def subscripted(self, operand: Tree, start: int) -> None:
        """Remember that an entry was written with a subscript, and what that was taken for."""
        self.has_subscripts = True
        if isinstance(operand, Name) and operand.name not in self.known:
            written = self.source[slice(start, self.token.end)].strip()
            if len(operand.name) == 1 and operand.name not in written:
                self.assumptions[f"{written} is row {self.token.text} of {operand.name}"] = None

    def part(self) -> Tree:
        """One index: letters and numbers, or a slice."""
        begin = self.token.start
        start = None if self.token.kind == ":" else self.position()
        if self.token.kind != ":":
            assert start is not None
            return start
        colon = self.advance()
        stop = None if self.token.kind in _ENDS_INDEX | {":"} else self.position()
        if self.token.kind == ":":
            raise complaints.said("step of a slice", (colon.start, self.token.end))
        return Slice(start, stop, (begin, self.end))

    def position(self) -> Tree:
        """A sum of products of letters, sizes and whole numbers, or labels, or an entry of them."""
        opening = self.token
        node = self.divided_sum()
        labels = node.operand if isinstance(node, Entry) else node
        if isinstance(labels, Call) and labels.function == RANK:
            return node
        if isinstance(node, Entry):
            if not isinstance(node.operand, Name):
                raise complaints.said("no index", node.span)
            return node
        _refuse_parts(node, (Number, Name, Negative, Add, Binary))
        for part in walk(node):
            if isinstance(part, Binary) and part.operator == "^" and not self.is_size(part.left):
                raise complaints.said("no index", part.span)
            is_quotient = isinstance(part, Binary) and part.operator == "//"
            if is_quotient and self.sizes.issuperset(names_in(part)):
                raise complaints.said("//", part.span)
        letters = self.product_of_letters(node)
        if letters and not (opening.kind == "(" and self.tokens[self.index - 1].kind == ")"):
            raise complaints.letters_side_by_side(letters, (opening.start, self.end))
        return node

    def is_size(self, node: Tree) -> bool:
        """Whether a node is a name that is no letter."""
        return isinstance(node, Name) and node.name in self.sizes

    def product_of_letters(self, node: Tree) -> list[str]:
        """The letters that a product is made of, if it is one of nothing else."""
        match node:
            case Binary("*", left, Name(letter)) if letter not in self.sizes:
                before = self.product_of_letters(left)
                if isinstance(left, Name) and left.name not in self.sizes:
                    before = [left.name]
                return [*before, letter] if before else []
        return []


def _refuse_parts(node: Tree, allowed: tuple[type, ...]) -> None:
    """Refuse an index or a size with something in it that none is made of."""
    parts = [node]
    while parts:
        part = parts.pop()
        is_whole = not isinstance(part, Number) or part.value.denominator == 1
        is_product = not isinstance(part, Binary) or part.operator in {"*", "//", "^"}
        if not isinstance(part, allowed) or not is_whole or not is_product:
            raise complaints.said("no index", part.span)
        parts.extend(children(part))
