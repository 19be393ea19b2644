"""The steps of a Hessian: those of the gradient, then those of each block, all of them true."""

import pytest
from explain.test_steps import told_in

from dimderiv import Derivation, derive
from dimderiv.explain.record.recorded import HessianBlock, Step
from dimderiv.language.syntax import Name, Program, Statement
from dimderiv.render.text import text
from dimderiv.verify.claim import Claim
from dimderiv.verify.points.check import verify

QUADRATIC = ("x'Ax", "x", "")
SMOOTH = [
    QUADRATIC,
    ("||Xw-y||^2", "w", ""),
    ("sum(log(1 + exp(-y .* (X w))))", "w", ""),
    ("logsumexp(A x)", "x", ""),
    ("||x|| + a' inv(A + t B) b", "x,t", "t: scalar"),
    ("r = X w + c - y; sum(r.^4)", "w,c", "c: scalar"),
    ("exp(x' y) + x' A y", "x,y", ""),
    ("c^3 sum(v.^2) / (1 + c^2)", "c,v", "c: scalar"),
]


def hessian(case: tuple[str, str, str]) -> Derivation:
    """The second derivatives of a case."""
    expression, wrt, shapes = case
    return derive(expression, wrt, shapes=shapes or None, order=2, verify=False)


def blocks_of(derivation: Derivation) -> list[tuple[HessianBlock, list[Step]]]:
    """Each block with its steps."""
    found: list[tuple[HessianBlock, list[Step]]] = []
    for step in derivation.steps:
        if isinstance(step, HessianBlock):
            found.append((step, []))
        elif found:
            found[-1][1].append(step)
    return found


@pytest.mark.parametrize("case", SMOOTH, ids=lambda case: case[0])
def test_the_formulas_of_each_block_are_true(case: tuple[str, str, str]) -> None:
    """Read one after the other, they end in the derivative of the gradient as it was found."""
    derivation = hessian(case)
    first = derivation.first
    assert first is not None
    told = 0
    for block, steps in blocks_of(derivation):
        if block.kind != "derived":
            continue
        told += 1
        gradient = first.derived.answer.program((text(block.first),))
        equations = {each.name: each for each in (*gradient.statements[:-1], *told_in(steps))}
        statements = (*equations.values(), Statement(None, block.name))
        claim = Claim(
            expression=derivation.question.settled(text(gradient)),
            answer=derivation.question.settled(text(Program(statements))),
            wrt=text(block.second),
            symbols=derivation.typed.symbols,
            value=derivation.typed.symbols[text(block.first)].shape,
        )
        assert verify(claim, budget=60.0).entries > 0
    assert told > 0


def test_a_quadratic_form() -> None:
    """The gradient is found first, and is then what is differentiated."""
    before, _, after = hessian(QUADRATIC).explain().partition("Put together:\n")

    assert "x' A x, differentiated by x" in before
    assert after == (
        """\
   dx = (A + A') x

Now the second derivatives: a gradient, as it was found, is what is
differentiated next.

Block x, x: dx differentiated by x, which gives H_xx.
H_xx is short for the derivatives of all entries of dx by those of x: the axes
of dx come first.

4. (A + A') x, by x.
   With scalars, d(x (A + A))/dx = A + A.
   H_xx = A + A' is n x n, the shape of the derivative by x.

Put together:
   H_xx = A + A'
This answer was not checked."""
    )


def test_a_quadratic_form_in_chinese() -> None:
    """The blocks have headings in Chinese too."""
    told = hessian(QUADRATIC).explain("zh")

    assert (
        """\
下面求二阶导数：把求得的梯度当作新的表达式，再求一次导。

分块 x、x：dx 对 x 求导，得到 H_xx。
H_xx 表示 dx 的每个元素对 x 的每个元素的导数，前面是 dx 的维度。

4. (A + A') x 对 x 求导。
   当作标量，d(x (A + A))/dx = A + A。
   H_xx = A + A' 是 n x n，正是对 x 的导数的形状。
"""
        in told
    )


def test_a_block_is_told_once() -> None:
    """With the variables exchanged it is the transpose, or the same where one is a scalar."""
    told = hessian(("exp(x' y)", "x,y", "")).explain()
    mixed = hessian(("c^3 x' a", "c,x", "c: scalar")).explain()

    assert "H_yx is the transpose of H_xy, since the order of" in told
    assert "Block x, c: H_xc is H_cx, since the order of differentiation does not" in mixed
    assert "Block x, x: x does not occur in dx, so H_xx is zero." in mixed


def test_parts_keep_their_names() -> None:
    """An inner part has in a block the name that it has in the gradient."""
    told = hessian(("sum(exp(A x).^2)", "x", "")).explain()
    before, after = told.split("Now the second derivatives")

    assert "by v = A x" in before
    assert "by v = A x. From above: J_u (n x m)" in after


def test_second_derivatives_by_matrices_are_stacked() -> None:
    """A block with four axes becomes a matrix, with a reason for each term."""
    told = hessian(("tr(A X B X')", "X", "A: m x m; B: n x n")).explain()

    assert "H_XX[i,j,k,l] stands in row (j, i) and column (l, k)." in told
    assert "Together H_XX = kron(B, A') + kron(B', A)." in told


def test_names_of_blocks_mean_nothing_else() -> None:
    """A symbol that is called like a block keeps its name."""
    derivation = derive("x' H_xx x", "x", shapes="H_xx: n x n; x: n", order=2, verify=False)
    left = [block.name for block, _ in blocks_of(derivation)]

    assert Name("H_xx") not in left
