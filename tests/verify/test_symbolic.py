"""The judge by sympy: right answers are proved, wrong ones are refuted, and it stands alone."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sympy
from golden import derivation, read_cases
from mpmath.ctx_mp import MPContext

import dimderiv
from dimderiv import derive
from dimderiv.derivation.claims import claims
from dimderiv.derivation.derivation import Derivation
from dimderiv.errors import LimitError, UnknownNameError, VerificationError
from dimderiv.language.syntax import Add, Binary, Negative, Number, Transpose, Tree, walk
from dimderiv.verify.claim import Claim, NotVerifiableError, Verification
from dimderiv.verify.symbolic import prove
from dimderiv.verify.symbolic.arithmetic import TooLarge
from dimderiv.verify.symbolic.calculus import Calculus
from dimderiv.verify.symbolic.cancellation import Cancellation
from dimderiv.verify.symbolic.floats import FloatRound
from dimderiv.verify.symbolic.points import Point, Values, draw
from dimderiv.verify.symbolic.problem import Problem

PACKAGE = Path(dimderiv.__file__).parent
JUDGE = sorted((PACKAGE / "verify" / "symbolic").glob("*.py"))

# What the judge shares with the rest: the language, errors, what a claim is, and that in numbers:
# sizes, what moves together, where a derivative stands, how a signature multiplies entries.
SHARED = (*("language", "errors", "lazy", "verify.claim", "verify.layout", "verify.symbolic"),)
WITHOUT_VALUES = sorted((PACKAGE / "verify" / "layout").glob("*.py"))

# One case for each thing the language can say: expression, variable, shapes, order.
LANGUAGE = [
    ("sum(sin(x) + cos(x) + tan(x) + sinh(x) + cosh(x) + tanh(x))", "x", "", 2),
    ("sum(arcsin(x) + arccos(x) + arctan(x) + erf(x))", "x", "", 1),
    ("sum(exp(x) .* log(x) + sqrt(x))", "x", "", 2),
    ("sum(sigmoid(x) + softplus(x) + gelu(x) + silu(x))", "x", "", 2),
    ("sum(abs(X w) + relu(X w) + sign(X w))", "w", "", 1),
    ("sum((X w > 0) .* (X w - y).^2) + sum((X w <= y) .* (X w))", "w", "", 1),
    ("max(X w) + min(X w) + sum(max(X, axis=1)) + mean(min(X, axis=0))", "X", "X: m x n; w: n", 1),
    ("max(x, y)' z", "x", "x: n; y: n; z: n", 1),
    ("||X||_F + ||X w|| + ||X w||_1", "X", "X: m x n; w: n", 1),
    ("||X||_*", "X", "X: m x n", 1),
    ("det(A) + logdet(A) + tr(inv(A) B)", "A", "A: n x n; B: n x n", 1),
    ("tr(pinv(X) B)", "X", "X: m x n; B: m x n", 1),
    ("sum(softmax(X) .* Y) + sum(logsoftmax(X) .* Y)", "X", "X: m x n; Y: m x n", 1),
    ("logsumexp(X) + sum(logsumexp(X, axis=0))", "X", "X: m x n", 1),
    ("cross_entropy(X W, Y)", "W", "X: m x n; W: n x p; Y: m x p onehot", 1),
    ("cross_entropy(X W, Y)", "W", "X: m x n; W: n x p; Y: m x p probability", 1),
    ("kron(A, B) x", "x", "A: m x n; B: p x q", 1),
    ("sum(G .* conv2(V, K))", "K", "V: H x L; K: m x n", 1),
    ("vec(X)' vec(X) + sum(diag(x)) + tr(diag(diag(X X')))", "X", "X: m x n; x: m", 1),
    ("sum(tril(A) .* B) + sum(triu(A))", "A", "A: n x n; B: n x n", 1),
    ("||stop(A x) - x||^2 + stop(x)' A x", "x", "A: n x n; x: n", 2),
    ("tr(expm(A) B)", "A", "A: n x n; B: n x n", 1),
    ("eigmax(A) + c' eigvec(A)", "A", "A: n x n symmetric; c: n", 1),
    ("c' eigvals(A) - eigmin(A)", "A", "A: n x n symmetric; c: n", 2),
    ("sum(G .* chol(A))", "A", "A: n x n spd; G: n x n", 1),
    ("sum(G .* eigvecs(A))", "A", "A: n x n symmetric; G: n x n", 1),
    ("g' svdvals(A)", "A", "A: m x n; g: n", 1),
    ("sum(G .* svdU(A)) + h' svdV(A) h", "A", "A: 2 x 2; G: 2 x 2; h: 2", 1),
    ("tr(A^3) + tr(A^-2)", "A", "A: n x n", 1),
    ("sum(x.^a + a^2)", "a", "x: n positive; a: scalar", 1),
    ("f(A X + B)", "X", "f: m x p -> scalar; A: m x n; X: n x p; B: m x p", 1),
    ("f(A x)", "x", "f: m -> scalar; A: m x n; x: n", 2),
    ("tr((A + I) B (A - 2 I)) + n sum(A ones(n, 1))", "A", "A: n x n; B: n x n", 1),
    ("A X B", "X", "A: m x n; X: n x p; B: p x q", 1),
    ("X' X", "X", "X: m x n", 1),
    ("softmax(X)", "X", "X: m x n", 1),
    ("tr(S B S)", "S", "S: n x n symmetric; B: n x n", 1),
    ("logdet(S) + tr(inv(S) B)", "S", "S: n x n spd; B: n x n", 1),
    ("x' K x + tr(K B)", "K", "K: n x n skew; B: n x n; x: n", 1),
    ("sum(L .^ 2) + tr(L B)", "L", "L: n x n lower; B: n x n", 1),
    ("sum(abs(L))", "L", "L: n x n lower", 1),
    ("tr(Q' A Q B)", "A", "Q: n x n orthogonal; A: n x n; B: n x n", 1),
    ("sum(sqrt(D .* X))", "X", "D: m x n positive; X: m x n positive", 1),
]

WRONG = [
    ("||X w - y||^2", "w", "", "X' (X w - y)"),
    ("||X w - y||^2", "w", "", "2 X' (X w + y)"),
    ("x' A x", "x", "A: n x n", "2 A x"),
    ("tr(inv(A) B)", "A", "A: n x n; B: n x n", "-inv(A) B inv(A)"),
    ("sum(relu(X w))", "w", "", "X' (X w < 0)"),
    ("sum(abs(X w))", "w", "", "X' ones(m, 1)"),
    ("max(x)", "x", "x: n", "ones(n, 1) / n"),
    ("logdet(A)", "A", "A: n x n", "inv(A)"),
    ("sum(softmax(x) .* y)", "x", "x: n; y: n", "softmax(x) .* y"),
    ("sum(exp(X W))", "W", "", "X' exp(X W) + 1"),
    ("tr(expm(A))", "A", "A: n x n", "expm(A)"),
    ("f(A x)", "x", "f: m -> scalar; A: m x n; x: n", "A' ∇f(x)"),
    ("A X", "X", "A: m x n; X: n x p", "kron(A, eye(p))"),
    ("x / ||x||", "x", "x: n", "eye(n) / ||x||"),
    ("sum(x)", "x", "x: n", "vector(2)"),
    ("eigmax(A)", "A", "A: n x n symmetric", "eigvec(A)"),
    ("stop(x)' A x", "x", "A: n x n; x: n", "A' x + A x"),
]


def claim_of(found: Derivation) -> Claim:
    """What the only derivative of a derivation claims."""
    return next(iter(claims(found.derived).values()))


def proved(expression: str, wrt: str, shapes: str = "", order: int = 1) -> Verification:
    """What the judge reports of our answer."""
    return prove(claim_of(derive(expression, wrt, shapes=shapes, order=order, verify=False)))


@pytest.mark.parametrize(("expression", "wrt", "shapes", "order"), LANGUAGE)
def test_what_the_language_can_say_is_judged(
    expression: str, wrt: str, shapes: str, order: int
) -> None:
    """Each operation is written out in symbols, and its derivative proved."""
    verification = proved(expression, wrt, shapes, order)

    assert "proved" == verification.level
    assert 0 < verification.entries


@pytest.mark.parametrize(("expression", "wrt", "shapes", "answer"), WRONG)
def test_a_wrong_answer_is_refuted(expression: str, wrt: str, shapes: str, answer: str) -> None:
    """The error names the entry and both values."""
    found = derive(expression, wrt, shapes=shapes, verify=False)
    wrong = replace(claim_of(found), answer=found.read_back(answer), turned=False)

    with pytest.raises(VerificationError) as caught:
        prove(wrong)

    assert caught.value.known


@pytest.mark.parametrize("expression", ["stop(A x)' x", "sum(stop(abs(x)) .* abs(x).^2)"])
def test_what_is_stopped_stays_where_differences_are_taken(expression: str) -> None:
    """At the step from a point, the value inside is that at the point."""
    claim = claim_of(derive(expression, "x", shapes="A: n x n; x: n", verify=False))
    problem = Problem(claim, {"n": 2})

    outcome = FloatRound(problem, draw(claim.symbols, problem.sizes, (), 0), lambda: None).compare()

    assert outcome.nonzero == 2


GOLDEN = [str(case) for case in read_cases()]
# This judge has no derivatives inside an expression, no entries of unknown functions, and not all
# of what has more axes: there the points decide alone.
LEFT_TO_POINTS = ("tensors", "derivatives_inside", "unknown_functions")
# `log(h) - log(1 - h)` is the argument of the sigmoid h, but no cancellation of polynomials.
OF_LOGARITHMS = ("binary cross-entropy by y", "layer of sigmoids and a cross-entropy by the param")
# Its value is a quotient of determinants, which are too long to cancel.
OF_EQUATIONS = ("adjoint of a Sylvester equation",)
# Singular values, eigenvalues of 2 x 2 matrices and powers of these: roots that nothing cancels.
OF_SPECTRA = (
    "von Neumann entropy",
    "largest eigenvalues, summed",
    "singular values, summed",
    "squared distance to orthonormal columns",
    "Ky Fan norm",
    "left singular vectors",
    "entropy of a quantum state",
    "log-Euclidean distance",
    "relative entropy of two states",
    "fractional power along its exponent",
    "trace of a fractional power",
    "fractional power of a general matrix",
    "polar factor",
)


@pytest.mark.parametrize("name", GOLDEN)
def test_every_golden_answer_is_proved(name: str) -> None:
    """None is refuted, and none needs floats."""
    found = derivation(name)

    levels = {check.level for check in (found.verified(judge="sympy").checks or {}).values()}

    weaker = {"unchecked"} if name.startswith(LEFT_TO_POINTS) else set[str]()
    by_digits = OF_LOGARITHMS + OF_EQUATIONS + OF_SPECTRA
    weaker |= {"60 digits"} if name.partition(": ")[2].startswith(by_digits) else set()
    assert levels <= {"proved", *weaker}


def changed(node: Tree) -> Iterator[Tree]:
    """Trees with one small fault: a sign, a transpose, a side, a number."""
    for part in walk(node):
        fault: Tree | None = None
        match part:
            case Add((first, *others)):
                fault = Add((Negative(first), *others))
            case Transpose(operand):
                fault = operand
            case Binary("*", left, right):
                fault = Binary("*", right, left)
            case Number(value):
                fault = Number(value + 1)
        if fault is not None:
            yield _exchanged(node, part, fault)


def _exchanged(node: Tree, part: Tree, fault: Tree) -> Tree:
    from dimderiv.language.syntax import replaced

    return replaced(node, lambda each: fault if each is part else None)


# A bound that only the answer has, as 2 in place of 1, is on one side of all points.
BLIND = "tensors: support vector machine by records by "
HIDDEN_BOUND = pytest.mark.xfail(reason="no point lies between the two bounds", strict=True)
FAULTY = [pytest.param(n, marks=HIDDEN_BOUND) if n.startswith(BLIND) else n for n in GOLDEN[::24]]


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_golden_answer_passes_only_where_the_fault_changes_nothing(name: str) -> None:
    """What the judge lets through, the check at points lets through as well."""
    from dimderiv.verify.points.check import verify

    claim = claim_of(derivation(name))
    try:
        prove(claim)
    except NotVerifiableError as refusal:
        pytest.skip(str(refusal))
    *before, last = claim.answer.statements
    for tree in list(changed(last.value))[:6]:
        answer = replace(claim.answer, statements=(*before, replace(last, value=tree)))
        faulty = replace(claim, answer=answer)
        assert judged(partial(prove, faulty)) == judged(partial(verify, faulty, budget=20))


def judged(check: Any) -> bool:
    """Whether a check lets an answer through."""
    try:
        check()
    except VerificationError:
        return False
    return True


def test_floats_serve_where_there_is_no_closed_form() -> None:
    """Of three rows there is none for the exponential: difference quotients agree to 60 digits."""
    verification = proved("tr(expm(A) B)", "A", "A: 3 x 3; B: 3 x 3")

    assert "60 digits" == verification.level
    assert 2 == verification.points


@pytest.mark.parametrize("answer", ["expm(A)", "expm(A)' + 0.0000000001"])
def test_floats_refute_too(answer: str) -> None:
    """A difference in the tenth digit is one."""
    found = derive("tr(expm(A))", "A", shapes="A: 3 x 3", verify=False)

    with pytest.raises(VerificationError):
        prove(replace(claim_of(found), answer=found.read_back(answer)))


def test_a_second_derivative_in_floats() -> None:
    """Two steps make a mixed difference quotient."""
    assert "60 digits" == proved("tr(expm(A))", "A", "A: 3 x 3", 2).level


def test_each_side_of_a_kink_is_met() -> None:
    """A wrong rule on the far side of a kink is found out: points are drawn until it is met."""
    found = derive("sum(relu(x - 3))", "x", verify=False)

    with pytest.raises(VerificationError):
        prove(replace(claim_of(found), answer=found.read_back("3 (x > 3)")))


def test_a_tie_that_is_always_there_is_not_judged() -> None:
    """The largest entry of a symmetric matrix is attained twice."""
    with pytest.raises((NotVerifiableError, VerificationError)):
        proved("max(A + A')", "A", "A: n x n")


def test_second_derivatives_along_directions_and_by_pairs() -> None:
    """Blocks and products with the Hessian are derivatives of gradients that are proved too."""
    blocks = derive("x' A y", "x,y", order=2, verify="sympy")
    product = derive("sum(exp(X w))", "w", verify="sympy").hvp("v", verify="sympy")
    forward = derive("X' X", "X", shapes="X: m x n", forward="V", verify="sympy")

    for found in (blocks, product, forward):
        assert found.verification is not None
        assert "proved" == found.verification.level


def test_tied_entries_and_layouts() -> None:
    """What is derived from a proved derivation is proved as well."""
    found = derive("logdet(S)", "S", shapes="S: n x n spd", verify="sympy")
    tied, layouts = found.tied(), found.layouts()

    assert tied is not None
    assert ["proved"] == [check.level for check in (tied.checks or {}).values()]
    assert {"proved"} == {d.verification.level for d in layouts.values() if d.verification}


def test_an_unknown_check_is_refused() -> None:
    """`verify` is a truth value or the name of a judge."""
    with pytest.raises(UnknownNameError):
        derive("x'x", "x", verify="numpy")


def test_products_that_grow_without_end_are_not_judged() -> None:
    """Each Kronecker product of a nest has several times the entries of the one inside."""
    nested = "sum(" + "kron(A, " * 60 + "x" + ")" * 60 + ")"
    (claim,) = claims(derive(nested, "x", verify=False).derived).values()

    with pytest.raises(LimitError, match="Kronecker"):
        prove(claim)


def test_time_is_a_guard() -> None:
    """What takes too long is not judged, which is no proof."""
    with pytest.raises(LimitError):
        prove(claim_of(derive("sum(exp(X W))", "W", verify=False)), seconds=0)


@pytest.mark.parametrize("file", [*JUDGE, *WITHOUT_VALUES], ids=lambda file: file.name)
def test_the_judge_shares_what_is_claimed_and_no_values(file: Path) -> None:
    """No file of it imports what derives, nor what checks at points."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Import():
                names |= {alias.name for alias in node.names}
            case ast.ImportFrom():
                names.add(node.module or "")
    ours = {name.removeprefix("dimderiv.") for name in names if name.startswith("dimderiv")}

    assert [] == [name for name in ours if not name.startswith(SHARED)]


def test_sympy_is_imported_when_it_is_used() -> None:
    """Naming the judge costs nothing."""
    program = "import dimderiv.verify.symbolic, sys; sys.exit('sympy' in sys.modules)"

    assert 0 == subprocess.run([sys.executable, "-c", program], check=False).returncode


x, y, z = sympy.symbols("x y z")
E, L, R = sympy.exp, sympy.log, sympy.sqrt

EQUAL = [
    ((x + y) ** 3, x**3 + 3 * x**2 * y + 3 * x * y**2 + y**3),
    (1 / x + 1 / y, (x + y) / (x * y)),
    (E(x + y) / E(y), E(x)),
    (E(-x) / (1 + E(-x)), 1 / (1 + E(x))),
    (L(1 / (1 + E(-x))), x - L(1 + E(x))),
    (R(x**2 + y**2) ** 3, (x**2 + y**2) * R(x**2 + y**2)),
    (1 / (1 + R(x)), (1 - R(x)) / (1 - x)),
    (R(x * y), R(x) * R(y)),
    (R((x + y) ** 2), x + y),
    (sympy.sin(x) ** 2, 1 - sympy.cos(x) ** 2),
    (sympy.tanh(x), (E(2 * x) - 1) / (E(2 * x) + 1)),
    (sympy.cosh(x) ** 2 - sympy.sinh(x) ** 2, sympy.Integer(1)),
    (x**y * L(x) * x, x ** (y + 1) * L(x)),
    (sympy.tan(x), sympy.sin(x) / sympy.cos(x)),
    (E(x / 2) ** 2, E(x)),
    (1 / (1 / x + 1 / (1 / y + 1)), x * (1 + y) / (1 + y + x * y)),
]
UNEQUAL = [
    ((x + y) ** 2, x**2 + y**2),
    (R(x**2), x + 1),
    (E(x * y), E(x) * E(y)),
    (L(x + y), L(x) + L(y)),
    (sympy.sin(x), sympy.cos(x)),
    (R(x + y), R(x) + R(y)),
    (1 / (x + y), 1 / x + 1 / y),
    (sympy.Rational(1, 3) * x, x / 2),
]


def cancellation(**values: Fraction) -> Cancellation:
    """A cancellation at a point."""
    point = Point(values={sympy.Symbol(name): value for name, value in values.items()})
    return Cancellation({}, Values(point, 50), lambda: None)


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_equal_expressions_cancel(one: Any, other: Any) -> None:
    """Functions, roots and denominators are generators with their relations."""
    assert cancellation(x=Fraction(3, 7), y=Fraction(5, 3)).are_equal(one, other)


@pytest.mark.parametrize(("one", "other"), UNEQUAL)
def test_unequal_expressions_do_not_cancel(one: Any, other: Any) -> None:
    """Failing is no proof of anything; succeeding would be."""
    assert not cancellation(x=Fraction(3, 7), y=Fraction(5, 3)).are_equal(one, other)


def test_a_root_of_a_square_has_the_sign_of_the_point() -> None:
    """Left of 0, the root of x^2 is -x."""
    left = cancellation(x=Fraction(-2))

    assert left.are_equal(R(x**2), -x)
    assert not left.are_equal(R(x**2), x)


def test_exponents_do_not_spill_over() -> None:
    """A power too large for its bits is refused, rather than taken for another generator."""
    with pytest.raises(TooLarge):
        cancellation(x=Fraction(2), y=Fraction(3)).are_equal(((x**3000) ** 3000), y)


EXPRESSIONS = [
    E(x * y) / (x + R(y)),
    L(x**2 + sympy.sin(y)) * x**y,
    sympy.atan(x) + sympy.erf(x * y) ** 2 * (x + y) ** -3,
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_the_chain_rule_gives_what_sympy_gives(expression: Any) -> None:
    """Differentiating operation by operation is differentiating the whole."""
    ours = Calculus().slope(expression, x)

    assert 0 == sympy.simplify(ours - sympy.diff(expression, x))


@pytest.mark.parametrize(
    ("property_", "holds"),
    [
        ("symmetric", lambda a: a == a.T),
        ("skew", lambda a: a == -a.T),
        ("diagonal", lambda a: a[0, 1] == a[2, 1] == 0 != a[1, 1]),
        ("lower", lambda a: a[0, 1] == 0 != a[1, 0]),
        ("orthogonal", lambda a: a * a.T == sympy.eye(3)),
        ("spd", lambda a: a == a.T and all(a[:k, :k].det() > 0 for k in (1, 2, 3))),
        ("probability", lambda a: list(a * sympy.ones(3, 1)) == [1, 1, 1]),
        ("positive", lambda a: all(entry > 0 for entry in a)),
        ("binary", lambda a: set(a) == {0, 1}),
        ("lower binary", lambda a: a.is_lower and set(a) == {0, 1}),
    ],
)
def test_points_have_the_properties_that_are_declared(property_: str, holds: Any) -> None:
    """The symbols are tied as the property says, and the values are of its kind."""
    typed = derive("tr(A B)", "B", shapes=f"A: 3 x 3 {property_}; B: 3 x 3", verify=False).typed
    point = draw({"A": typed.symbols["A"]}, {}, (), 0)
    numbers = {s: sympy.Rational(v.numerator, v.denominator) for s, v in point.values.items()}
    entries = [[sympy.sympify(e).subs(numbers) for e in row] for row in point.tied["A"]]

    assert holds(sympy.Matrix(entries).applyfunc(sympy.nsimplify))


def test_values_of_expressions() -> None:
    """Long floats, with symbols that properties replace."""
    point = Point(free={"a": [[x]]}, tied={"a": [[2 * y]]}, values={y: Fraction(1, 2)})
    context = MPContext()

    assert context.exp(1) == pytest.approx(float(Values(point, 30)(E(x))))
