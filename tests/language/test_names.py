"""The functions of other languages: read as ours, or refused with what to write instead."""

import numpy as np
import pytest
import scipy.special
from cases.names import DOCUMENT, document
from dense import Dense

from dimderiv.errors import UnknownNameError
from dimderiv.infer.typed import infer
from dimderiv.language.declarations import read_shapes
from dimderiv.language.foreign import ALIASES, instead, refused
from dimderiv.language.parser import parse_program
from dimderiv.language.tokens import tokenize
from dimderiv.language.vocabulary import BUILTIN_FUNCTIONS
from dimderiv.rulebook.rulebook import load_rules

NAMES = {
    name: written
    for topic in refused().values()
    for names, written in topic.items()
    for name in names.split()
}
# What the formula for a function of each entry is compared with.
REFERENCES = {
    "exp2": np.exp2,
    "entr": scipy.special.entr,
    "logit": scipy.special.logit,
    "negative": np.negative,
    "sec": lambda x: 1 / np.cos(x),
    "csc": lambda x: 1 / np.sin(x),
    "cot": lambda x: 1 / np.tan(x),
    "sech": lambda x: 1 / np.cosh(x),
    "csch": lambda x: 1 / np.sinh(x),
    "coth": lambda x: 1 / np.tanh(x),
    "celu": lambda x: np.where(x > 0, x, np.expm1(x)),
    "relu6": lambda x: np.clip(x, 0, 6),
    "hardtanh": lambda x: np.clip(x, -1, 1),
    "hardsigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "hardswish": lambda x: x * np.clip(x + 3, 0, 6) / 6,
    "softsign": lambda x: x / (1 + np.abs(x)),
    "tanhshrink": lambda x: x - np.tanh(x),
    "mish": lambda x: x * np.tanh(np.log1p(np.exp(x))),
    "logcosh": lambda x: np.log(np.cosh(x)),
    "log1mexp": lambda x: np.log1p(-np.exp(-x)),
    "erfcx": scipy.special.erfcx,
    "log_ndtr": scipy.special.log_ndtr,
    "normpdf": lambda x: np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi),
    "sumsq": lambda x: np.sum(x**2),
    "ptp": np.ptp,
    "normalize": lambda x: x / np.linalg.norm(x),
    "heaviside": lambda x: np.heaviside(x, 0.5),
    "softmin": lambda x: scipy.special.softmax(-x),
    "standardize": lambda x: (x - x.mean()) / x.std(),
}
ENTRIES = np.array([[0.2], [0.7], [0.45]])


def test_the_document_is_up_to_date() -> None:
    """After a change: `python -m tests.cases.names`."""
    assert document() == DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.parametrize("alias", sorted(ALIASES))
def test_an_alias_is_read_as_a_function_of_the_language(alias: str) -> None:
    """It is in one table only, and no function itself."""
    assert ALIASES[alias] in BUILTIN_FUNCTIONS
    assert alias not in BUILTIN_FUNCTIONS
    assert instead(alias) is None
    assert ("function", ALIASES[alias]) == tokenize(f"{alias}(x)")[0][:2]


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_name_of_another_language_is_refused_with_what_to_write(name: str) -> None:
    """It is neither cut into letters nor taken for another function."""
    assert name not in BUILTIN_FUNCTIONS
    with pytest.raises(UnknownNameError, match="is not a known function") as caught:
        tokenize(f"{name}(x)")

    assert NAMES[name] == caught.value.hint
    assert ("name", name) == tokenize(f"{name} x", names={name})[0][:2]


@pytest.mark.parametrize("name", sorted(REFERENCES))
def test_the_formula_that_is_offered_has_the_same_value(name: str) -> None:
    """What is written instead is right."""
    program = parse_program(NAMES[name].partition(", where")[0])
    typed = infer(program, read_shapes("x: 3"), rulebook=load_rules())
    found = Dense(typed, {"x": ENTRIES}, {}).run()

    np.testing.assert_allclose(REFERENCES[name](ENTRIES), found, rtol=1e-12)
