"""Says in words what an answer is: its layout, its form, and which entries are free."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from dimderiv.answer import Derivative, Derived, Question
from dimderiv.differentiate import CURVED, binding
from dimderiv.explain.messages import sentences
from dimderiv.language import Call, IndexForm, Program, Shape, walk

# What is handed down to a Jacobian, and what a Hessian is multiplied by.
_DIRECTIONS = (
    ("form_backward", ("G", "dY", "D", "G_1")),
    ("form_direction", ("V", "v", "D", "V_1")),
)


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


def notes(question: Question, lang: str = "en", *, commands: bool = True) -> tuple[str, ...]:
    """Which entries are taken to be free although a property ties them, and what is not used.

    Args:
        question: what was asked.
        lang: `"en"` or `"zh"`.
        commands: whether to name options of the command; a page has others.

    Returns:
        A sentence for each variable with a property that says more than which range it lies in, and
        for each name that is declared and does not occur, or defined and not used.
    """
    return (*_of_entries(question, lang, commands), *_unused(question, lang))


def _of_entries(question: Question, lang: str, commands: bool) -> Iterator[str]:
    for name in question.wrt:
        properties = question.typed.symbols[name].properties
        bound = binding(properties)
        if not bound:
            continue
        words = sentences(lang)
        if name in question.structures:
            key = "tied_entries"
        else:
            can_tie = commands and question.gives_gradients and bound[0] not in CURVED
            key = "free_entries_or_tied" if can_tie else "free_entries"
        yield words[key].format(variable=name, property=properties_in_words(properties, words))


def _unused(question: Question, lang: str) -> Iterator[str]:
    for name in question.unused:
        key = "unused_definition" if name in question.typed.definitions else "unused"
        yield sentences(lang)[key].format(name=name)


def forms(derived: Derived, lang: str = "en", *, commands: bool = True) -> tuple[str, ...]:
    """What each derivative is, where that cannot be seen: a Jacobian, columns, index notation.

    Args:
        derived: the derivatives.
        lang: `"en"` or `"zh"`.
        commands: whether to name options of the command; a page has others.

    Returns:
        A sentence for each but gradients without letters, which have one together, and Hessians of
        vectors.
    """
    typed = derived.question.typed
    if derived.question.directions:
        return ()
    value = typed.program.statements[-1].name or "value"
    every = list(derived.derivatives.values())
    own = typed.definitions
    lettered = [each for each in every if _is_gradient(each) and _has_letters(each.program, own)]
    words = sentences(lang)
    found = [_of_gradients(lettered, words)] if lettered else []
    for each in every:
        if not (_is_gradient(each) or _is_hessian(each)):
            command = _command(each, typed.names, words) if commands else ""
            found.append(_form(each, value, words) + command)
    return tuple(found)


def _is_gradient(derivative: Derivative) -> bool:
    """Whether it has the axes of one thing alone, and can be read as it stands."""
    return not (derivative.of.axes and derivative.by.axes)


def _is_hessian(derivative: Derivative) -> bool:
    """Whether it is one of a vector, in matrix notation."""
    return derivative.form == "matrix" and len(derivative.wrt) > 1


def _has_letters(program: Program, own: Collection[str]) -> bool:
    """Whether something that the user did not write is given entry by entry, or by letters."""
    for statement in program.statements:
        if statement.name in own:
            continue
        for part in walk(statement.value):
            if isinstance(part, IndexForm) or (isinstance(part, Call) and part.over):
                return True
    return False


def _of_gradients(derivatives: Sequence[Derivative], words: Mapping[str, str]) -> str:
    """What gradients are that are given entry by entry."""
    if len(derivatives) == 1:
        (one,) = derivatives
        sentence = words["form_gradient"].format(variable=one.wrt[-1], shape=one.shape)
        return sentence + words["form_entries"]
    named = [f"{each.wrt[-1]} ({each.shape})" for each in derivatives]
    listed = words["comma"].join(named[:-1]) + words["and"] + named[-1]
    return words["form_gradients"].format(variables=listed) + words["form_entries"]


def _form(derivative: Derivative, value: str, words: Mapping[str, str]) -> str:
    *before, variable = derivative.wrt
    of = f"d{before[0]}" if before else value
    shape = derivative.shape
    if derivative.form == "index":
        sentence = words["form_indices"].format(value=of, variable=variable)
    else:
        above, below = _stacked(of, derivative.of), _stacked(variable, derivative.by)
        quotient = f"d {above}'/d {below}" if derivative.turned else f"d {above}/d {below}'"
        key = "form_hessian" if before else "form_jacobian"
        sentence = words[key].format(quotient=quotient, shape=shape)
        if derivative.form == "kronecker":
            sentence += words["form_stacked"]
    return sentence


def _command(derivative: Derivative, taken: Collection[str], words: Mapping[str, str]) -> str:
    """What to ask for where its product with an array is wanted."""
    key, names = _DIRECTIONS[len(derivative.wrt) > 1]
    return words[key].format(direction=next(name for name in names if name not in taken))


def _stacked(name: str, shape: Shape) -> str:
    return f"vec({name})" if shape.is_matrix else name


def properties_in_words(properties: Collection[str], words: Mapping[str, str]) -> str:
    """The properties that tie entries, or fix them, as they are called in a language.

    >>> properties_in_words({"spd", "positive"}, sentences("en"))
    'symmetric positive definite'
    """
    return words["and"].join(words[f"property_{word}"] for word in binding(properties))
