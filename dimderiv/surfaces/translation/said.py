"""What is said, in the language that is asked for; English is said at once."""

from collections.abc import Iterable

from dimderiv.errors import DimderivError, picture
from dimderiv.surfaces import translation


def translated(sentence: str, lang: str) -> str:
    """A sentence of dimderiv's in a language.

    Args:
        sentence: in English: a message, a fact, a hint, an assumption, a doubt, a report.
        lang: `en` or `zh`.

    >>> translated("r is defined twice", "zh")
    'r 定义了两次'
    """
    if lang == "en":
        return sentence
    return translation.found(sentence, lang)


def translated_error(error: DimderivError, lang: str) -> str:
    """An error in a language, with its picture, what was known, and what to try.

    Args:
        error: the error; `str(error)` is its text in English.
        lang: `en` or `zh`.
    """
    if lang == "en":
        return str(error)
    parts = [translated(error.message, lang)]
    if error.span is not None and error.source is not None:
        parts.append(picture(error.source, error.span))
    if error.known:
        parts.append("\n".join(labelled("known", fact, lang) for fact in error.known))
    if error.hint:
        parts.append(labelled("try", error.hint, lang))
    return "\n\n".join(parts)


def labelled(label: str, sentence: str, lang: str) -> str:
    """A sentence after a word that says what it is: `note: y is summed: ...`.

    Args:
        label: the word, in English.
        sentence: the sentence, in English.
        lang: `en` or `zh`.
    """
    colon = ": " if lang == "en" else "："
    return f"{translated(label, lang)}{colon}{translated(sentence, lang)}"


def assumed(assumptions: Iterable[str], lang: str) -> str:
    """The line that says what is assumed.

    Args:
        assumptions: sentences in English.
        lang: `en` or `zh`.
    """
    after, comma = (" ", ", ") if lang == "en" else ("：", "，")
    told = comma.join(translated(each, lang) for each in assumptions)
    return f"{translated('assumed', lang)}{after}{told}"
