"""Where letters are summed that nothing names: Einstein's rule, made explicit and undone.

A letter that neither the head nor a reduction has is summed in the product that has it twice,
`[i,j] A[i,k] B[k,j]`, or over the whole term, `(x[i] - y[i])^2`.  What the parser hands on says so:
`Call("sum", (..,), over=(("k", None),))`; what is printed leaves it out.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from enum import Enum, auto

from dimderiv.errors import DimderivError, ParseError
from dimderiv.language.function_names import HESSIANS, sign_of
from dimderiv.language.inline import names_in
from dimderiv.language.letters import (
    compares_places,
    free_letters,
    index_names,
    letters_of,
    named_letters,
)
from dimderiv.language.syntax import (
    Add,
    Binary,
    Blocks,
    Call,
    Entry,
    Group,
    IndexForm,
    Negative,
    Transpose,
    Tree,
    children,
    walk,
    with_operands,
)
from dimderiv.language.vocabulary import REDUCTIONS

# Of the Hessian of an entry, and one more.
_HESSIAN_AXES = 3
_PRODUCTS = frozenset({"*", ".*", "/", "./"})
_QUOTIENTS = frozenset({"/", "./"})


class _Place(Enum):
    """Where a letter is summed that occurs in a part of a term.

    ABSENT: it does not occur.  OUTSIDE: it occurs once, and waits for what is around the part.
    PARTIAL: so it does, but some terms of the part lack it.  HERE: the part is a product that has
    it twice.  DIAGONAL: the part is an entry that has it twice.  TERMS: the part is a sum, and its
    terms have it twice, if at all.  MIXED: some of them have it once.  WITHIN: it is summed inside.
    """

    ABSENT = auto()
    OUTSIDE = auto()
    PARTIAL = auto()
    HERE = auto()
    DIAGONAL = auto()
    TERMS = auto()
    MIXED = auto()
    WITHIN = auto()


_ABSENT, _OUTSIDE, _PARTIAL = _Place.ABSENT, _Place.OUTSIDE, _Place.PARTIAL
_HERE, _DIAGONAL, _WITHIN = _Place.HERE, _Place.DIAGONAL, _Place.WITHIN
_TERMS, _MIXED = _Place.TERMS, _Place.MIXED
# Where the sum is inside of the part; by TERMS only if nothing around the part has the letter too.
_INSIDE = frozenset({_WITHIN, _TERMS})
_OPEN = frozenset({_OUTSIDE, _PARTIAL})
_UNCLEAR = frozenset({_DIAGONAL, _MIXED})


def explicit(tree: Tree, sizes: Collection[str] = ()) -> Tree:
    """A statement with a sum over each letter that nothing names.

    Args:
        tree: the value of a statement.
        sizes: the names in square brackets that are no letters.

    Raises:
        ParseError: a letter may be summed in two places.
    """
    return _Explicit(sizes).scope(tree, frozenset())


def lone_entries(tree: Tree) -> Iterator[tuple[tuple[str, ...], Entry]]:
    """The entries that are summed alone, with the letters that nothing else names or has.

    Args:
        tree: a statement with a sum over each letter.
    """
    match tree:
        case Add(terms):
            for term in terms:
                yield from lone_entries(term)
        case Negative(operand):
            yield from lone_entries(operand)
        case Call("sum", (Entry() as entry,), over=over) if over and tree.span == entry.span:
            letters = [letter for index in entry.indices for letter in letters_of(index)]
            alone = tuple(letter for letter, _ in over if letters.count(letter) == 1)
            if alone:
                yield alone, entry


def implicit(tree: Tree) -> Tree:
    """A statement without the sums that are read back as they were.

    Args:
        tree: the value of a statement, where every letter is named by a head or a reduction.
    """
    sums = [part for part in walk(tree) if _may_be_left_out(part)]
    if not sums:
        return tree
    bound = {letter for part in walk(tree) for letter in named_letters(part)}
    sizes = {name for part in walk(tree) for name in index_names(part)} - bound
    bare = _without(tree, {id(part) for part in sums})
    if _is_read_as(bare, tree, sizes):
        return bare
    left_out: set[int] = set()
    for part in sums:
        if _is_read_as(_without(tree, {*left_out, id(part)}), tree, sizes):
            left_out.add(id(part))
    return _without(tree, left_out)


def _may_be_left_out(part: Tree) -> bool:
    if not isinstance(part, Call) or not part.over or any(map(_is_hessian, walk(part))):
        return False
    return all(size is None for _, size in part.over)


def _is_hessian(part: Tree) -> bool:
    """Whether a part is the Hessian of an entry, so that a sum beside it is one of matrices."""
    if not isinstance(part, Entry) or not isinstance(part.operand, Call):
        return False
    return sign_of(part.operand.function) == HESSIANS and len(part.indices) < _HESSIAN_AXES


def _is_read_as(bare: Tree, tree: Tree, sizes: Collection[str]) -> bool:
    try:
        return explicit(bare, sizes) == tree
    except DimderivError:
        return False


def _without(tree: Tree, left_out: Collection[int]) -> Tree:
    """A tree without some of its sums over letters, but with what they sum."""

    def inner(part: Tree) -> Tree:
        changed = with_operands(part, inner)
        return children(changed)[-1] if id(part) in left_out else changed

    return inner(tree)


class _Explicit:
    """Puts the sums of one statement where they belong.

    By identity, `made` are those sums, and `taken` what reductions with round brackets became.
    """

    def __init__(self, sizes: Collection[str]) -> None:
        self.sizes = sizes
        self.made: dict[int, Call] = {}
        self.taken: dict[int, Call] = {}

    def scope(self, node: Tree, bound: frozenset[str]) -> Tree:
        """An expression that no letter leaves, but for the bound ones."""
        return self.terms(self.inner(node, bound), bound)

    def inner(self, node: Tree, bound: frozenset[str]) -> Tree:
        """The node with everything closed that is closed in itself: forms and reductions."""
        match node:
            case IndexForm(letters, body):
                named = {letter for letter, _ in letters}
                self.refuse_outer(node, bound - named)
                return replace(node, body=self.scope(body, frozenset(named)))
            case Call(over=over) if over:
                named = {letter for letter, _ in over}
                self.refuse_bound(node, bound & named)
                return with_operands(node, lambda part: self.inner(part, bound | named))
            case Call(function, (argument,), None) if function in REDUCTIONS:
                return self.reduction(node, self.inner(argument, bound), bound)
        return with_operands(node, lambda part: self.inner(part, bound))

    def refuse_bound(self, call: Call, bound: Collection[str]) -> None:
        """Refuse a reduction over a letter that has a value already."""
        for letter in bound:
            raise ParseError(
                f"{letter} is a letter of the statement already",
                span=call.span,
                hint=f"another letter after {call.function}",
            )

    def refuse_outer(self, form: IndexForm, outer: Collection[str]) -> None:
        """Refuse letters of a statement in a statement inside it."""
        for letter in free_letters(form.body, self.sizes):
            if letter in outer:
                raise ParseError(
                    f"{letter} is a letter of the statement around this one",
                    span=form.span,
                    hint="another letter, or leave out the inner head",
                )

    def terms(self, node: Tree, bound: frozenset[str]) -> Tree:
        """The node with each of its terms summed over its own letters."""
        match node:
            case Add(terms):
                return replace(node, terms=tuple(self.terms(term, bound) for term in terms))
            case Negative(operand):
                return replace(node, operand=self.terms(operand, bound))
        for letter in free_letters(node, self.sizes):
            if letter not in bound:
                self.refuse_taken(letter, node)
                place, node = self.placed(letter, node)
                if place in {_PARTIAL, _MIXED}:
                    raise _unclear(letter, node)
                if place not in _INSIDE:
                    node = self.summed(letter, node)
        return node

    def reduction(self, call: Call, argument: Tree, bound: frozenset[str]) -> Tree:
        """`sum(x[i] y[i])` and `mean(x[i])`, which run over the letters in their brackets too."""
        letters = [each for each in free_letters(argument, self.sizes) if each not in bound]
        if not letters:
            return call if argument is call.arguments[0] else replace(call, arguments=(argument,))
        places = {}
        for letter in letters:
            self.refuse_taken(letter, argument)
            places[letter], argument = self.placed(letter, argument)
        taken = [letter for letter in letters if places[letter] not in _INSIDE]
        for letter in taken:
            if places[letter] is _MIXED and not _all_terms_have(letter, argument, self.sizes):
                raise _unclear(letter, argument)
        # `mean(A[i,k] x[k])` may be that of products, or of sums of products.
        is_mixed = len({places[letter] is _HERE for letter in taken}) > 1
        if not taken or (is_mixed and call.function != "sum"):
            raise _unclear(letters[0], call)
        over = tuple((letter, None) for letter in taken)
        inside = Call(call.function, (argument,), over=over, span=call.span)
        self.taken[id(inside)] = inside
        return replace(call, arguments=(inside,))

    def refuse_taken(self, letter: str, node: Tree) -> None:
        """Refuse a letter that a reduction has taken, and that is beside it as well."""
        for part in walk(node):
            if id(part) in self.taken and letter in named_letters(part):
                raise _unclear(letter, part)

    def summed(self, letter: str, node: Tree) -> Tree:
        """The node summed over a letter, in one sum with other letters of the same product."""
        if isinstance(node, Negative):
            return replace(node, operand=self.summed(letter, node.operand))
        made = self.made.get(id(node))
        letters = (*(made.over if made else ()), (letter, None))
        call = Call("sum", made.arguments if made else (node,), over=letters, span=node.span)
        self.made[id(call)] = call
        return call

    def is_made(self, node: Tree) -> bool:
        return id(node) in self.made

    def placed(self, letter: str, node: Tree) -> tuple[_Place, Tree]:
        """Where a letter is summed in a part of a term, and the part with the sum if inside."""
        match node:
            case Entry():
                return self.in_entry(letter, node)
            case Binary() if compares_places(node):
                return (_OUTSIDE if letter in names_in(node) else _ABSENT), node
            case Binary(operator) if operator in _PRODUCTS:
                return self.in_product(letter, node)
            case Negative() | Group() | Transpose():
                place, operand = self.placed(letter, node.operand)
                return place, replace(node, operand=operand) if place in _INSIDE else node
            case Call() if self.is_made(node):
                place, body = self.placed(letter, node.arguments[0])
                return place, self.made_of(node, body) if place in _INSIDE else node
            case Add(terms):
                return self.in_sum(letter, node, [self.placed(letter, term) for term in terms])
            case Call() if letter in named_letters(node):
                return _ABSENT, node
            case Call("sum", over=over) if over:
                # A sum is linear: what is beside it may stand inside of it just as well.
                is_linear = self.placed(letter, node.arguments[0])[0] in {_HERE, _TERMS}
                place, new = self.in_function(letter, node)
                return _TERMS if is_linear else place, new
            case Binary() | Call() | Blocks():
                return self.in_function(letter, node)
        return _ABSENT, node

    def made_of(self, call: Call, body: Tree) -> Call:
        new = replace(call, arguments=(body,))
        self.made[id(new)] = new
        return new

    def in_entry(self, letter: str, node: Entry) -> tuple[_Place, Tree]:
        """An entry has a letter twice as `A[i,i]` or `inv(A[b])[b,j]`; `S[i,y[i]]` has it once."""
        of_indices = [list(letters_of(index, self.sizes)) for index in node.indices]
        count = sum(
            letter in letters and not isinstance(index, Entry)
            for letters, index in zip(of_indices, node.indices, strict=True)
        )
        count = count or any(letter in letters for letters in of_indices)
        place, operand = self.placed(letter, node.operand)
        if place is _ABSENT:
            return (_ABSENT, _OUTSIDE, _DIAGONAL)[min(count, 2)], node
        if count:
            if place in _INSIDE:
                raise _unclear(letter, node)
            return _DIAGONAL, node
        if place in {_HERE, _DIAGONAL}:
            return _WITHIN, replace(node, operand=self.summed(letter, operand))
        return place, replace(node, operand=operand) if place in _INSIDE else node

    def in_product(self, letter: str, node: Binary) -> tuple[_Place, Tree]:
        """A product sums a letter that two of its factors have."""
        left, inner_left = self.placed(letter, node.left)
        right, inner_right = self.placed(letter, node.right)
        is_below = node.operator in _QUOTIENTS
        if left is not _ABSENT and right is not _ABSENT:
            if _WITHIN in {left, right}:
                raise _unclear(letter, node)
            return _HERE, node
        if left is not _ABSENT:
            return left, replace(node, left=inner_left) if left in _INSIDE else node
        if is_below and right in {_HERE, _DIAGONAL}:
            return _WITHIN, replace(node, right=self.summed(letter, inner_right))
        if is_below and right is _PARTIAL:
            right = _OUTSIDE
        return right, replace(node, right=inner_right) if right in _INSIDE else node

    def in_sum(
        self, letter: str, node: Add, found: list[tuple[_Place, Tree]]
    ) -> tuple[_Place, Tree]:
        """A sum in brackets sums a letter in those of its terms that have it twice."""
        places = {place for place, _ in found} - {_ABSENT}
        if not places:
            return _ABSENT, node
        if places <= _OPEN:
            is_whole = all(place is _OUTSIDE for place, _ in found)
            return (_OUTSIDE if is_whole else _PARTIAL), node
        if places & _UNCLEAR or places & _OPEN:
            return _MIXED, node
        terms = [self.summed(letter, term) if place is _HERE else term for place, term in found]
        return (_WITHIN if _WITHIN in places else _TERMS), replace(node, terms=tuple(terms))

    def in_function(self, letter: str, node: Tree) -> tuple[_Place, Tree]:
        """Powers and functions of entries sum products inside, and what occurs once outside."""
        found = {id(part): self.placed(letter, part) for part in children(node)}
        places = {place for place, _ in found.values()} - {_ABSENT}
        if not places:
            return _ABSENT, node
        if places <= _OPEN:
            return _OUTSIDE, node
        if places & _UNCLEAR or places & _OPEN:
            raise _unclear(letter, node)

        def inner(part: Tree) -> Tree:
            place, new = found[id(part)]
            return self.summed(letter, new) if place is _HERE else new

        return _WITHIN, with_operands(node, inner)


def _all_terms_have(letter: str, node: Tree, sizes: Collection[str]) -> bool:
    """Whether a letter occurs in every term of a sum."""
    while isinstance(node, Negative):
        node = node.operand
    return isinstance(node, Add) and all(letter in free_letters(t, sizes) for t in node.terms)


def _unclear(letter: str, node: Tree) -> ParseError:
    return ParseError(
        f"where {letter} is summed is not clear",
        span=node.span,
        hint=f"say it: sum[{letter}] before the product that is summed",
    )
