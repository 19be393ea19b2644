"""LaTeX that dimderiv writes is read back to what was written."""

from dataclasses import replace

import pytest
from golden import Golden, read_cases
from hypothesis import assume, given, settings
from paper import on_paper
from strategies import Problem, problems

from dimderiv import derive
from dimderiv.derivation.derivation import Derivation
from dimderiv.language import Program, names_in_brackets, parse_program, read_shapes
from dimderiv.render import latex
from dimderiv.render.latex_indices import with_sums
from dimderiv.rulebook import builtin_rules
from dimderiv.sources import read_latex


def written(found: Derivation) -> Program:
    """The answer as it stands on paper, where every sum is written."""
    typed, program = found.typed, found.derived.program
    sizes = typed.sizes | names_in_brackets(typed.symbols)
    statements = [
        replace(each, value=with_sums(each.value, sizes=sizes)) for each in program.statements
    ]
    return replace(program, statements=tuple(statements))


@pytest.mark.parametrize("case", read_cases(), ids=str)
def test_an_answer_is_read_back(case: Golden) -> None:
    """The tree is the same, but for what LaTeX does not tell apart."""
    found = derive(
        case.expression,
        case.wrt,
        shapes=case.shapes,
        order=case.order,
        upstream=case.upstream or None,
        structured=case.structured,
        verify=False,
    )

    read = read_latex(found.latex(), declared=found.typed.symbols, rulebook=found.rulebook)

    assert on_paper(written(found)) == on_paper(read.program)


@settings(max_examples=60, deadline=None, database=None)
@given(problems(depth=2))
def test_an_expression_is_read_back(problem: Problem) -> None:
    """Bars around a square matrix are a determinant, so that absolute values are left out."""
    assume("abs" not in problem.source)
    declared = read_shapes(problem.shapes)
    names = {*declared, *names_in_brackets(declared)}
    program = parse_program(problem.source, names=names)

    read = read_latex(latex(program), declared=declared, rulebook=builtin_rules())

    assert on_paper(program) == on_paper(read.program)


@pytest.mark.parametrize(
    "source",
    [
        "Y[i] = F[b,i,d] / sum[b,d](exp(F[b,i,d])); sum(exp(Y))",
        "Y[b,i] = F[b,i,d] / sum[d](F[b,i,d]^2 / sum[j](K[b,j,d] K[j,b,d])); sum(Y)",
        "Y[b] = F[b,i,d] max[i,d](F[b,i,d] K[b,i,d]); sum(exp(Y))",
        "Y[b] = sum[i](F[b,i,d] K[b,i,d] prod[d](K[b,i,d])); sum(exp(Y))",
        "Y[i] = sum[b,d](F[b,i,d] (b <= d) exp(sum[k](F[k,i,d] (k <= d)))); sum(exp(Y))",
        "Y[i] = F[b,b,d] / v[i] + v[i]; sum(exp(Y))",
        "Y[i] = F[b,b,d]; sum(exp(Y))",
    ],
)
def test_letters_that_are_summed_twice_are_read_back(source: str) -> None:
    """The inner sum has a letter of its own; the left side says what has entries."""
    found = derive(source, "F", shapes="F: n x n x n; K: n x n x n; v: n", verify=False)
    program = found.typed.program
    whole = [replace(each, value=with_sums(each.value)) for each in program.statements]

    for tree, formula in (
        (written(found), found.latex()),
        (replace(program, statements=tuple(whole)), latex(program)),
    ):
        read = read_latex(formula, declared=found.typed.symbols, rulebook=found.rulebook)

        assert on_paper(tree) == on_paper(read.program)
