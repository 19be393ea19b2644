"""The errors for words that mean nothing here: what was probably meant, and what to write.

A hint never names another function: what one letter makes of another is a slip, `log1p` is none.
"""

from collections.abc import Collection, Iterable

from dimderiv.errors import ParseError, Span, UnknownNameError
from dimderiv.language.foreign import ALIASES, instead
from dimderiv.language.function_names import SPELLED_OUT
from dimderiv.language.names import GREEK_NAMES

_SHOWN_LENGTH = 40
_SHORTEST = 3
_LONG = 7
_LONGEST_FUNCTION = 20
_OPTIMA = ("argmin", "argmax", "arg", "min", "max", "inf", "sup", "minimize", "maximize")
_TOTALS = {
    "sum": "sum(x)",
    "mean": "mean(x)",
    "prod": "exp(sum(log(x)))",
    "logsumexp": "logsumexp(x)",
}


def unknown_function(
    word: str, span: Span, functions: Collection[str], known: Collection[str]
) -> UnknownNameError:
    """The error for a word directly before brackets that is no function."""
    shown = _shown(word)
    declared = shown
    for prefix in SPELLED_OUT.values():
        declared = declared.removeprefix(f"{prefix}_")
    declaration = f"declare {'it' if declared == shown else declared}: {declared}: n -> scalar"
    close = nearest(word, known)
    written = instead(word) or _subscripted(word, functions)
    if close:
        hint = f"write {close}"
    elif written:
        hint = written
    elif split := _function_at_the_end(word, functions):
        hint = f"put a space before the function: {word[:split]} {word[split:]}(...)"
    elif close := nearest(word, functions):
        hint = f"write {close}(...), or {declaration}"
    elif declared != shown:
        hint = declaration
    else:
        hint = f"put spaces between the letters, if they are symbols, or {declaration}"
    return UnknownNameError(f"{shown} is not a known function", span=span, hint=hint)


def unknown_word(
    word: str, span: Span, functions: Collection[str], known: Collection[str]
) -> UnknownNameError:
    """The error for a word that is neither a name nor a product that anybody would write."""
    shown = _shown(word)
    declaration = f"declare it: {shown}: scalar, {shown}: n or {shown}: m x n"
    meant = _meant(word, functions, known)
    hint = f"{meant}; or {declaration}" if meant else f"{declaration}; letters have spaces between"
    return UnknownNameError(f"{shown} is not a known name", span=span, hint=hint)


def _shown(word: str) -> str:
    return word if len(word) <= _SHOWN_LENGTH else f"{word[:_SHOWN_LENGTH]}..."


def _meant(word: str, functions: Collection[str], known: Collection[str]) -> str | None:
    """What was probably meant by a word that is not followed by brackets."""
    stem = word.partition("_")[0].rstrip("0123456789")
    if close := nearest(word, known):
        return f"write {close}"
    if written := instead(word) or _subscripted(word, functions):
        return written
    if close := _greek(stem):
        return f"write {close}{word[len(stem) :]}"
    if start := _function_at_the_start(stem, functions):
        return f"write {word[:start]}({word[start:]})"
    if _function_at_the_end(stem, functions) == 1:
        return f"write {word[1:]}({word[0]})"
    if close := nearest(word, functions):
        return f"write {close}(...)"
    if greek := next((name for name in GREEK_NAMES if stem.startswith(name)), None):
        return f"put a space between: {greek} {word[len(greek) :]}"
    return None


def function_alone(word: str, name: str, span: Span, after: str) -> ParseError:
    """The error for a function without brackets."""
    if name == "ones":
        return ParseError(
            "ones is a function of sizes: write ones(m, n)",
            span=span,
            hint="1'x for a sum, X 1 for the sums of the rows: a 1 there is a vector of ones",
        )
    hint = "put brackets around its argument"
    if name in {"log", "ln"} and after.lstrip().startswith(("det", "|")):
        hint = "write logdet(A) for the logarithm of a determinant"
    elif after.startswith("_"):
        hint = f"{word}(x) of all entries, {word}_i x_i or {word}_{{i,j}} A_ij over whole axes"
    elif after.startswith(("^", "²", "³", "**")):
        hint = f"put the power after its argument: {word}(x)^2"
    return ParseError(f"{word} is a function: write {word}(x)", span=span, hint=hint)


def differential(word: str, span: Span, *, is_quotient: bool) -> UnknownNameError:
    """The error for `dx`, `dY` and `df/dx`, which are no products."""
    if is_quotient:
        return UnknownNameError(
            f"{word} is part of a derivative, and the variable is named apart",
            span=span,
            hint='write the function alone; what it is differentiated by is --wrt x, or wrt="x"',
        )
    return UnknownNameError(
        f"{word} may be one name or a product",
        span=span,
        hint=f"declare it, such as {word}: m x n, or write {word[0]} {word[1:]} for a product",
    )


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The name that a slip makes a word of: one letter more, less, other or exchanged.

    Longer words may have two slips.

    >>> nearest("sotfmax", ["softmax", "softplus"]), nearest("dot", ["det"])
    ('softmax', None)
    """
    if len(word) < _SHORTEST or instead(word):
        return None
    candidates = (name for name in names if name not in ALIASES)
    found = {name: slips for name in candidates if (slips := _slips(word, name)) is not None}
    if not found:
        return None
    letters = sorted(word)
    return min(found, key=lambda name: (found[name], sorted(name) != letters, name))


def _slips(word: str, name: str) -> int | None:
    """How many slips make a word of a name, if they are few enough for the length of the word."""
    most = 2 if len(word) >= _LONG else 1
    if len(name) < _SHORTEST or abs(len(name) - len(word)) > most:
        return None
    if len(word) == _SHORTEST and len(name) == len(word) and sorted(name) != sorted(word):
        return None  # another letter makes another word of so short a one: `num` is no `sum`
    slips = _distance(word, name)
    return slips if slips <= most else None


def _distance(word: str, name: str) -> int:
    """How many letters have to be put in, left out, replaced or exchanged with the next one."""
    before: list[int] = []
    row = list(range(len(name) + 1))
    for i, letter in enumerate(word, 1):
        before, last, row = row, before, [i]
        for j, other in enumerate(name, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == name[j - 2] and word[i - 2] == other:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _greek(stem: str) -> str | None:
    """The Greek letter that a word is a slip or the beginning of, as in `lam` and `eps`."""
    stem = stem.removeprefix("var") or stem
    if len(stem) < _SHORTEST:
        return None
    starts = [name for name in GREEK_NAMES if name.startswith(stem)]
    return starts[0] if starts else nearest(stem, GREEK_NAMES)


def _subscripted(word: str, functions: Collection[str]) -> str | None:
    """What to write for `sum_i`, `min_w` and `log_2`."""
    stem, underscore, below = word.partition("_")
    if not underscore:
        return None
    if stem in _OPTIMA:
        alone = f'the function alone: what is optimized is --wrt {below}, or wrt="{below}"'
        entries = f"; {stem}(x) for the {stem}imum of all entries, {stem}(X, axis=1) of each row"
        return alone + (entries if stem in {"min", "max"} else "")
    if stem in _TOTALS:
        letters = ",".join(below)
        return f"{_TOTALS[stem]} of all entries, {stem}_{{{letters}}} for subscripts that run"
    if stem == "log" and below.isdigit():
        return f"log(x) / log({below})"
    if stem in functions or stem in ALIASES:
        return f"{stem}(x) without a subscript"
    return None


def _function_at_the_start(word: str, functions: Collection[str]) -> int:
    """Where the name of a function ends that one more letter follows, or 0."""
    return len(word) - 1 if word[:-1] in functions else 0


def _function_at_the_end(word: str, functions: Collection[str]) -> int:
    """Where the longest name of a function begins that the word ends with, or 0."""
    starts = range(max(1, len(word) - _LONGEST_FUNCTION), len(word) - 1)
    return next((start for start in starts if word[start:] in functions), 0)
