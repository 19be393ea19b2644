"""Says in words what an answer is: its layout, its form, and which entries are free."""

from collections.abc import Collection, Iterator, Mapping
from typing import Protocol

from dimderiv.differentiate import CURVED, binding
from dimderiv.explain.messages import sentences
from dimderiv.language import Shape


class Written(Protocol):
    """What of a derivative tells its form."""

    @property
    def wrt(self) -> tuple[str, ...]:
        """The variables, in the order of differentiation."""

    @property
    def of(self) -> Shape:
        """The shape of what was differentiated last."""

    @property
    def by(self) -> Shape:
        """The shape of the last variable."""

    @property
    def turned(self) -> bool:
        """Whether rows and columns are exchanged."""

    @property
    def form(self) -> str:
        """Whether it is written in matrices, Kronecker products or entries."""

    @property
    def shape(self) -> Shape:
        """Its shape as it is printed."""


def layout_in_words(layout: str, lang: str = "en", *, books: bool = False) -> str:
    """What a layout means, in one sentence.

    Args:
        layout: `"mixed"`, `"numerator"` or `"denominator"`.
        lang: `"en"` or `"zh"`.
        books: whether to name books and libraries that use it.

    >>> layout_in_words("mixed")
    'mixed (a gradient is shaped like the variable, a Jacobian is value x variable)'
    """
    words = sentences(lang)
    name, shape = words[f"layout_{layout}"], words[f"shape_{layout}"]
    used = words["used_by"].format(books=words[f"books_{layout}"]) if books else ""
    return words["layout"].format(layout=name, shape=shape) + used


def notes(
    properties: Mapping[str, Collection[str]],
    tied: Collection[str],
    lang: str = "en",
    *,
    can_tie: bool,
) -> Iterator[str]:
    """Which entries are free although a property ties them, and which are tied.

    Args:
        properties: of each variable.
        tied: the variables whose entries are tied in the answer.
        lang: `"en"` or `"zh"`.
        can_tie: whether the derivative by tied entries could be asked for.

    Yields:
        A sentence for each variable with a property that says more than which range it lies in.
    """
    for name, own in properties.items():
        bound = binding(own)
        if not bound:
            continue
        words = sentences(lang)
        if name in tied:
            key = "tied_entries"
        else:
            key = "free_entries_or_tied" if can_tie and bound[0] not in CURVED else "free_entries"
        yield words[key].format(variable=name, property=properties_in_words(own, words))


def form_in_words(
    derivative: Written, value: str, taken: Collection[str], lang: str = "en"
) -> str | None:
    """What a derivative is, where that cannot be seen: a Jacobian, stacked columns, index notation.

    Args:
        derivative: the derivative.
        value: the name of what was differentiated.
        taken: names that mean something else.
        lang: `"en"` or `"zh"`.

    Returns:
        A sentence; nothing for a gradient in matrix notation, or the Hessian of a vector.
    """
    words = sentences(lang)
    *before, variable = derivative.wrt
    is_jacobian = bool(derivative.of.axes and derivative.by.axes)
    if derivative.form == "matrix" and (before or not is_jacobian):
        return None
    of = f"d{before[0]}" if before else value
    shape = derivative.shape
    if is_jacobian and derivative.form == "index":
        sentence = words["form_indices"].format(value=of, variable=variable)
    elif is_jacobian:
        above, below = _stacked(of, derivative.of), _stacked(variable, derivative.by)
        quotient = f"d {above}'/d {below}" if derivative.turned else f"d {above}/d {below}'"
        key = "form_hessian" if before else "form_jacobian"
        sentence = words[key].format(quotient=quotient, shape=shape)
        if derivative.form == "kronecker":
            sentence += words["form_stacked"]
    else:
        sentence = words["form_gradient"].format(variable=variable, shape=shape)
        sentence += words["form_entries"]
    if not is_jacobian:
        return sentence
    direction = next(name for name in _DIRECTIONS[bool(before)] if name not in taken)
    return sentence + words["form_direction" if before else "form_backward"].format(
        direction=direction
    )


_DIRECTIONS = (("G", "dY", "D", "G_1"), ("V", "v", "D", "V_1"))


def _stacked(name: str, shape: Shape) -> str:
    return f"vec({name})" if shape.is_matrix else name


def unused(names: Collection[str], defined: Collection[str], lang: str = "en") -> Iterator[str]:
    """Which names are declared and do not occur, and which are defined and not used.

    Args:
        names: the names.
        defined: those that are defined in the expression.
        lang: `"en"` or `"zh"`.
    """
    for name in names:
        key = "unused_definition" if name in defined else "unused"
        yield sentences(lang)[key].format(name=name)


def properties_in_words(properties: Collection[str], words: Mapping[str, str]) -> str:
    """The properties that tie entries, or fix them, as they are called in a language.

    >>> properties_in_words({"spd", "positive"}, sentences("en"))
    'symmetric positive definite'
    """
    return words["and"].join(words[f"property_{word}"] for word in binding(properties))
