"""Says in words which conventions an answer follows: its layout, and which entries are free."""

from collections.abc import Collection, Iterator, Mapping

from dimderiv.messages import sentences
from dimderiv.structure import CURVED, binding


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

    Args:
        properties: of a symbol.
        words: the sentences of the language.

    >>> properties_in_words({"spd", "positive"}, sentences("en"))
    'symmetric positive definite'
    """
    return words["and"].join(words[f"property_{word}"] for word in binding(properties))
