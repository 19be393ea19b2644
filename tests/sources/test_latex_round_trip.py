"""LaTeX that dimderiv writes is read back to what was written."""

from dataclasses import replace

import pytest
from golden import Golden, derivation, read_cases
from paper import on_paper

from dimderiv.derivation.derivation import Derivation
from dimderiv.language import Program, names_in_brackets
from dimderiv.render import latex_indices
from dimderiv.sources import read_latex


def written(found: Derivation) -> Program:
    """The answer as it stands on paper, where every sum is written."""
    typed, program = found.typed, found.derived.program
    sizes = typed.sizes | names_in_brackets(typed.symbols)
    statements = [
        replace(each, value=latex_indices.with_sums(each.value, sizes=sizes))
        for each in program.statements
    ]
    return replace(program, statements=tuple(statements))


@pytest.mark.parametrize("case", read_cases(), ids=str)
def test_an_answer_is_read_back(case: Golden) -> None:
    """The tree is the same, but for what LaTeX does not tell apart."""
    found = derivation(str(case))

    read = read_latex(found.latex(), declared=found.typed.symbols, rulebook=found.rulebook)

    assert on_paper(written(found)) == on_paper(read.program)
