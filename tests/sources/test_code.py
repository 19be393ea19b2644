"""Code is read as what it computes: each case against NumPy itself, and what is refused by line."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from dimderiv import derive
from dimderiv.derivation import Derivation
from dimderiv.errors import DimderivError
from dimderiv.language import read_shapes
from dimderiv.rulebook import load_rules
from dimderiv.sources import Reading
from dimderiv.sources.code import read_code

RULES = load_rules()
CASES: list[dict[str, str]] = tomllib.loads(
    Path(__file__).with_name("code.toml").read_text(encoding="utf-8")
)["case"]
READ = [case for case in CASES if "means" in case]
REFUSED = [case for case in CASES if "refused" in case]
Arrays = Mapping[str, np.ndarray[Any, Any]]


def reading(code: str, shapes: str | None = None) -> Reading:
    """A piece of code as it is read."""
    return read_code(code, declared=read_shapes(shapes), rulebook=RULES)


def name_of(case: Mapping[str, str]) -> str:
    """The name of a case."""
    return case["name"]


@pytest.mark.parametrize("case", READ, ids=name_of)
def test_code_means_what_it_means_in_the_language(case: dict[str, str]) -> None:
    """The derivative of code is that of what it means."""
    read = reading(case["code"], case.get("shapes"))
    asked = {"wrt": case["wrt"], "upstream": case.get("upstream"), "verify": False}
