"""Convolutions and pooling, with the meaning of PyTorch, as the index statements that they are.

`conv2d(X, W, stride=2)` is `[n,o,i,j] X[n,c,2i+r,2j+s] W[o,c,r,s]`: batch and channels come first,
an entry outside of its array is zero, and nothing is turned.
"""

from collections.abc import Collection, Sequence
from fractions import Fraction
from functools import reduce
from itertools import islice

from dimderiv.errors import ParseError, Span
from dimderiv.language.letters import letters_within
from dimderiv.language.names import unused_letters
from dimderiv.language.structure import POOLINGS, Options, Steps
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
    Tree,
)

_DEFAULTS = {"stride": 1, "padding": 0, "dilation": 1, "output_padding": 0}


class _Sliding:
    """The letters and the numbers of one call."""

    def __init__(
        self, function: str, operands: Sequence[Tree], options: Options, sizes: Collection[str]
    ) -> None:
        self.function = function
        self.count = 1 if function.endswith("1d") else 2
        self.operands = operands
        self.options = options
        self.taken = {*sizes, *(name for each in operands for name in letters_within(each))}

    def letters(self, wanted: str) -> list[str]:
        """Letters that mean nothing yet, as many as wanted."""
        found: list[str] = []
        for letter in wanted:
            found += islice(unused_letters(letter + "ijklpqrstuvabdefgh", self.taken), 1)
            self.taken.add(found[-1])
        return found

    def option(self, name: str, default: int | None = None) -> Steps:
        """The numbers of an option, one for each axis that slides."""
        given = self.options.get(name, (_DEFAULTS[name] if default is None else default,))
        return given * self.count if len(given) == 1 else given

    def size(self, operand: int, axis: int) -> Tree:
        """The size of an axis of an operand."""
        return Call("size", (self.operands[operand], _number(axis)))


def spelled_convolution(
    function: str,
    operands: Sequence[Tree],
    options: Options,
    sizes: Collection[str],
    span: Span,
) -> IndexForm:
    """The index statement of a convolution, a transposed one, or a pooling.

    Args:
        function: its name.
        operands: the arguments.
        options: the numbers of each option that was given.
        sizes: names that are no letters.
        span: where the call stands.

    Raises:
        ParseError: the arguments or the options do not suit the function.
    """
    sliding = _Sliding(function, operands, options, sizes)
    _refuse_misfits(sliding, span)
    if function in POOLINGS:
        return _pooling(sliding, span)
    return (_transposed if "transpose" in function else _convolution)(sliding, span)


def _convolution(sliding: _Sliding, span: Span) -> IndexForm:
    n, o, c = sliding.letters("noc")
    places, kernel = sliding.letters("ij"[: sliding.count]), sliding.letters("rs"[: sliding.count])
    steps, pads, gaps = map(sliding.option, ("stride", "padding", "dilation"))
    at = [
        _place([(s, i), (d, r)], -p)
        for i, r, s, p, d in zip(places, kernel, steps, pads, gaps, strict=True)
    ]
    body = _product(
        _entry(sliding.operands[0], [Name(n), Name(c), *at], span),
        _entry(sliding.operands[1], [Name(each) for each in (o, c, *kernel)], span),
    )
    extents = [
        _reached(sliding.size(0, axis), _longer(sliding.size(1, axis), d), s, p)
        for axis, s, p, d in zip((2, 3), steps, pads, gaps, strict=False)
    ]
    letters = [(n, None), (o, None), *_sized(places, extents, pads)]
    return IndexForm(tuple(letters), _with_bias(sliding, body, o, span), span=span)


def _transposed(sliding: _Sliding, span: Span) -> IndexForm:
    """A place is `stride i + dilation r - padding`, for which it is solved where a step is 1."""
    n, o, c = sliding.letters("noc")
    count = sliding.count
    wide, narrow = sliding.letters("ab"[:count]), sliding.letters("ij"[:count])
    kernel = sliding.letters("rs"[:count])
    inside: list[Tree] = [Name(n), Name(c)]
    weights: list[Tree] = [Name(c), Name(o)]
    identities: list[Tree] = []
    extents = []
    names = ("stride", "padding", "dilation", "output_padding")
    numbers = zip(*map(sliding.option, names), strict=True)
    for axis, (a, i, r, (s, p, d, more)) in enumerate(
        zip(wide, narrow, kernel, numbers, strict=True), start=2
    ):
        if s == 1:
            inside.append(_place([(1, a), (-d, r)], p))
            weights.append(Name(r))
        else:
            inside.append(Name(i))
            weights.append(_place([(1, a), (-s, i)], p) if d == 1 else Name(r))
        if s != 1 and d != 1:
            place = _place([(s, i), (d, r)], -p)
            identities.append(_entry(Name("I"), [Name(a), place], span))
        last = _plus(_times(s, _less_one(sliding.size(0, axis))), _number(more + 1 - 2 * p))
        extents.append(_plus(last, _times(d, _less_one(sliding.size(1, axis)))))
    body = _product(
        _entry(sliding.operands[0], inside, span),
        _entry(sliding.operands[1], weights, span),
        *identities,
    )
    letters: list[Letter] = [(n, None), (o, None), *zip(wide, extents, strict=True)]
    return IndexForm(tuple(letters), _with_bias(sliding, body, o, span), span=span)


def _pooling(sliding: _Sliding, span: Span) -> IndexForm:
    n, c = sliding.letters("nc")
    places, window = sliding.letters("ij"[: sliding.count]), sliding.letters("rs"[: sliding.count])
    width = _whole(sliding.operands[1])
    steps = sliding.option("stride", width)
    pads, gaps = sliding.option("padding"), sliding.option("dilation")
    at = [
        _place([(s, i), (d, r)], -p)
        for i, r, s, p, d in zip(places, window, steps, pads, gaps, strict=True)
    ]
    extents = [
        _reached(sliding.size(0, axis), _number(d * (width - 1) + 1), s, p)
        for axis, s, p, d in zip((2, 3), steps, pads, gaps, strict=False)
    ]
    over: tuple[Letter, ...] = tuple((letter, _number(width)) for letter in window)
    entry = _entry(sliding.operands[0], [Name(n), Name(c), *at], span)
    body = Call(POOLINGS[sliding.function], (entry,), over=over, span=span)
    letters = [(n, None), (c, None), *_sized(places, extents, pads)]
    return IndexForm(tuple(letters), body, span=span)


def _sized(letters: Sequence[str], extents: Sequence[Tree], pads: Steps) -> list[Letter]:
    """The letters that slide: without padding they run as far as every entry lies inside."""
    return [
        (letter, extent if pad else None)
        for letter, extent, pad in zip(letters, extents, pads, strict=True)
    ]


def _with_bias(sliding: _Sliding, body: Tree, channel: str, span: Span) -> Tree:
    if len(sliding.operands) == 2:
        return body
    return Add((body, _entry(sliding.operands[2], [Name(channel)], span)), span)


def _reached(length: Tree, window: Tree, step: int, pad: int) -> Tree:
    """How many places a window has: `(H + 2 padding - window) // stride + 1`."""
    free = _plus(_plus(length, Negative(window)), _number(2 * pad))
    return _plus(free if step == 1 else Binary("//", free, _number(step)), _number(1))


def _longer(kernel: Tree, gap: int) -> Tree:
    """The length of a kernel with gaps between its entries."""
    return kernel if gap == 1 else _plus(_times(gap, _less_one(kernel)), _number(1))


def _less_one(size: Tree) -> Tree:
    return _plus(size, _number(-1))


def _times(number: int, size: Tree) -> Tree:
    return size if number == 1 else Binary("*", _number(number), size)


def _plus(left: Tree, right: Tree) -> Tree:
    """A sum without brackets in it, and with one number at most."""
    terms = [*_terms(left), *_terms(right)]
    number = sum(value for term in terms if (value := _value(term)) is not None)
    terms = [term for term in terms if _value(term) is None]
    if number or not terms:
        terms.append(_number(number))
    return Add(tuple(terms)) if len(terms) > 1 else terms[0]


def _value(node: Tree) -> int | None:
    """The whole number that a term is."""
    if isinstance(node, Negative):
        value = _value(node.operand)
        return None if value is None else -value
    return int(node.value) if isinstance(node, Number) else None


def _terms(node: Tree) -> list[Tree]:
    if isinstance(node, Add):
        return list(node.terms)
    if isinstance(node, Negative) and isinstance(node.operand, Add):
        return [
            term.operand if isinstance(term, Negative) else Negative(term)
            for term in node.operand.terms
        ]
    return [node]


def _place(steps: Sequence[tuple[int, str]], offset: int) -> Tree:
    """A place along an axis: letters with their steps, and a number."""
    terms: list[Tree] = []
    for step, letter in steps:
        multiple = _times(abs(step), Name(letter))
        terms.append(Negative(multiple) if step < 0 else multiple)
    if offset:
        terms.append(_number(offset))
    return terms[0] if len(terms) == 1 else Add(tuple(terms))


def _number(value: int) -> Tree:
    number = Number(Fraction(abs(value)))
    return Negative(number) if value < 0 else number


def _entry(operand: Tree, indices: Sequence[Tree], span: Span) -> Tree:
    return Entry(operand, tuple(indices), span)


def _product(*factors: Tree) -> Tree:
    return reduce(lambda left, right: Binary("*", left, right), factors)


def _whole(node: Tree) -> int:
    is_whole = isinstance(node, Number) and node.value.denominator == 1 and node.value >= 1
    return int(node.value) if isinstance(node, Number) and is_whole else 0


def _refuse_misfits(sliding: _Sliding, span: Span) -> None:
    """Refuse arguments and options that the function does not have."""
    name, count = sliding.function, len(sliding.operands)
    is_pooling = name in POOLINGS
    example = f"{name}(X, 2)" if is_pooling else f"{name}(X, W, stride=2, padding=1)"
    if count != 2 and not (count == 3 and not is_pooling):
        what = "an array and the size of a window" if is_pooling else "an array and a kernel"
        raise ParseError(f"{name} takes {what}", span=span, hint=f"write {example}")
    if is_pooling and not _whole(sliding.operands[1]):
        message = f"the window of {name} is a whole number"
        raise ParseError(message, span=sliding.operands[1].span, hint=f"write {example}")
    for option, numbers in sliding.options.items():
        is_other = option == "output_padding" and "transpose" not in name
        if is_other or len(numbers) not in {1, sliding.count}:
            raise ParseError(
                f"{option} does not suit {name}"
                if is_other
                else f"{name} slides along {sliding.count} axes, and {option} has {len(numbers)}",
                span=span,
                hint=f"write {example}",
            )
        if min(numbers) < (option in {"stride", "dilation"}):
            raise ParseError(f"{option} cannot be 0", span=span, hint=f"write {example}")
    if POOLINGS.get(name) == "max" and any(sliding.option("padding")):
        raise ParseError(
            "padding counts as 0 here, and PyTorch's maximum leaves it out",
            span=span,
            hint="leave padding out, or pad with blocks of a very small number",
        )
