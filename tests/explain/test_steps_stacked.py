"""What the steps say of Kronecker answers, of layouts, of what is handed down, and of long nets."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Problem, problems

from dimderiv import Derivation, derive
from dimderiv.errors import DimderivError
from dimderiv.explain.record.recorded import Differentiated, Stacked
from dimderiv.render.text import text

STACKED = {
    "A X B": (
        "A[i,k] B[l,j]: B' has j and l, A has i and k, and no factor joins the two: a Kronecker "
        "product, with the slow letters first: kron(B', A).",
        "A[i,k] B[l,j]：B' 含下标 j 和 l，A 含下标 i 和 k，没有因子把两者联系起来，所以是克罗内克"
        "积，变化慢的下标在前：kron(B', A)。",
    ),
    "A X' B": (
        "A[i,l] B[k,j]: B' has j and k, A has i and l, so columns meet rows, as X is transposed; "
        "K(p, n) exchanges rows and columns of X first: kron(B', A) K(p, n).",
        "A[i,l] B[k,j]：B' 含下标 j 和 k，A 含下标 i 和 l，列与行交叉，因为 X 被转置；K(p, n) 先"
        "交换 X 的行与列：kron(B', A) K(p, n)。",
    ),
    "X'": (
        "I[i,l] I[j,k]: rows become columns and nothing else happens, which is what K(m, n) does: "
        "K(m, n).",
        "I[i,l] I[j,k]：只是行变成列，这正是 K(m, n) 的作用：K(m, n)。",
    ),
    "X .* B": (
        "B[k,l] I[i,k] I[j,l]: an entry of the value depends on the same entry of X alone, so the "
        "matrix is diagonal: diag(vec(B)).",
        "B[k,l] I[i,k] I[j,l]：值的每个元素只依赖于 X 的同一个元素，所以是对角阵：diag(vec(B))。",
    ),
    "tr(X) B": (
        "B[i,j] I[k,l]: no factor joins the letters i and j of the value with the letters k and l "
        "of X, so the matrix is a column times a row: vec(B) vec(eye(m))'.",
        "B[i,j] I[k,l]：没有因子把值的下标 i 和 j 与 X 的下标 k 和 l 联系起来，所以是一列乘一行："
        "vec(B) vec(eye(m))'。",
    ),
    "A (X .* B)": (
        "A[i,k] B[k,l] I[j,l]: rows and columns meet in diag(vec(B)) alone, whose entries stand "
        "on a diagonal for that: kron(eye(p), A) diag(vec(B)).",
        "A[i,k] B[k,l] I[j,l]：行与列只在 diag(vec(B)) 中相遇，所以它的元素放在对角线上："
        "kron(eye(p), A) diag(vec(B))。",
    ),
    "X + B": (
        "I[i,k] I[j,l]: an entry of the value depends on the same entry of X alone: I.",
        "I[i,k] I[j,l]：值的每个元素只依赖于 X 的同一个元素：I。",
    ),
    "X w": (
        "w[k] I[i,j]: w' has k, eye(m) has i and j, and no factor joins the two: a Kronecker "
        "product, with the slow letters first: kron(w', eye(m)).",
        "w[k] I[i,j]：w' 含下标 k，eye(m) 含下标 i 和 j，没有因子把两者联系起来，所以是克罗内克"
        "积，变化慢的下标在前：kron(w', eye(m))。",
    ),
}


def told(expression: str, wrt: str, lang: str = "en", **options: str) -> str:
    """The steps on one line, in which sentences can be looked for."""
    return unwrapped(derive(expression, wrt, verify=False, **options).explain(lang))  # type: ignore[arg-type]


def unwrapped(page: str) -> str:
    """A page on one line; a line is broken at a space, or beside a Chinese character."""
    lines = [line.strip() for line in page.splitlines()]
    joined = ""
    for line in lines:
        is_chinese = bool(joined) and bool(line) and max(joined[-1], line[0]) > "\u2fff"
        joined += line if is_chinese or not joined else f" {line}"
    return joined


@pytest.mark.parametrize("expression", STACKED)
def test_why_a_derivative_is_that_matrix(expression: str) -> None:
    """The letters say which form it has."""
    english, chinese = STACKED[expression]

    assert english in told(expression, "X")
    assert chinese.replace(" ", "") in told(expression, "X", "zh").replace(" ", "")


def test_a_jacobian_by_a_matrix() -> None:
    """The whole text, from the identity that arrives first to the Kronecker product."""
    assert derive("A X B", "X", verify=False).explain() == (
        """\
A X B, differentiated by X

Assumed: A: m x n; X: n x p; B: p x q.
dX is short for the derivatives of all entries of the value by those of X: the
axes of the value come first, then those of X. The derivative of the value by
itself is the identity: that is what arrives first.

1. A X B, by X.
   With scalars, d(A X B)/dX = A B.
   Entry by entry, A[i,k] X[k,l] B[l,j] gives dX[i,j,k,l] = A[i,k] B[l,j].

2. Written as a matrix, with the columns of the value and those of X stacked:
   dX[i,j,k,l] stands in row (j, i) and column (l, k).
   A[i,k] B[l,j]: B' has j and l, A has i and k, and no factor joins the two: a
   Kronecker product, with the slow letters first: kron(B', A).

Put together:
   dX = kron(B', A)
   Jacobian d vec(value)/d vec(X)', (m q) x (n p), columns stacked; for the
   backward pass --upstream G.
This answer was not checked."""
    )


def test_entries_of_the_rule_of_a_vector() -> None:
    """A vector's entries have one letter, also where the value has axes."""
    assert "d(softmax(u)[k])/d(u[j]) = softmax(u)[k] I[k,j]" in told("softmax(A x)", "x")


def test_an_answer_in_entries_has_no_such_step() -> None:
    """What no matrix notation reaches is not explained as one."""
    derivation = derive("(A X) .* (X B)", "X", verify=False)

    assert derivation.form == "index"
    assert not any(isinstance(step, Stacked) for step in derivation.steps)


def test_what_is_handed_down() -> None:
    """An upstream derivative is introduced."""
    assert (
        "G is handed down, as the derivative by the value, and held fixed: what is handed on is "
        "the gradient of sum(G .* (X W))."
    ) in told("X W", "W", upstream="G")
    assert "G 由上游给出" in told("X W", "W", "zh", upstream="G")


def test_a_derivative_of_nothing_is_zero() -> None:
    """Where all ways in which a variable enters give nothing, that is what is added up."""
    text_of = told("(C > C') .* (C' > C)", "C")

    assert "With scalars, d(P > C)/dP = 0, so nothing is handed on." in text_of
    assert "C enters in 2 ways, and their derivatives add up: dC = 0" in text_of


def test_layouts() -> None:
    """The steps are those of the mixed layout; the other one is said at the end."""
    numerator = told("||Xw-y||^2", "w", layout="numerator")
    denominator = told("A x", "x", layout="denominator")

    assert "dw = 2 X' (X w - y)  Layout: numerator (" in numerator
    assert "dw = 2 (X w - y)' X" in numerator
    assert "Layout: denominator (" in denominator
    assert "Layout:" not in told("A x", "x", layout="numerator")
    assert "布局：分子布局" in told("||Xw-y||^2", "w", "zh", layout="numerator")


def test_properties_are_told() -> None:
    """Of a symmetric matrix it is said why no transpose is seen."""
    constant = told("x'Ax", "x", shapes="A: n x n symmetric")

    assert "A is symmetric, so A' is A." in constant
    assert "A 是对称阵，所以 A' 就是 A。" in told("x'Ax", "x", "zh", shapes="A: n x n symmetric")


def test_rules_are_quoted() -> None:
    """A kink, a domain and a reference are told, each once."""
    text_of = told("sum(relu(A relu(x)))", "x")

    assert text_of.count("At its kink: 0 at x = 0, as in the deep-learning frameworks.") == 1
    assert "It holds where x > 0." in told("sum(log(x))", "x")
    assert "By the rule for inv (" in told("a' inv(X) b", "X")


def test_other_places_are_held_fixed() -> None:
    """A product rule as scalars is true: the other factor of the same name does not change."""
    text_of = told("x'Ax", "x")

    assert "With scalars, and x in other places held fixed, d(x A x)/dx = A x" in text_of
    assert ")/dA = tr(A)." in told("tr(A) A", "A")


def deep_net(layers: int) -> Derivation:
    """A net whose layers are alike."""
    lines = [f"h{k} = tanh(W{k} h{k - 1} + b{k})" for k in range(1, layers + 1)]
    source = "; ".join([*lines, f"sum(h{layers}.^2)"])
    shapes = "h0: n; " + "; ".join(f"W{k}: n x n; b{k}: n" for k in range(1, layers + 1))
    return derive(source, "W1", shapes=shapes, verify=False)


def test_a_step_like_an_earlier_one_is_short() -> None:
    """The second layer refers to the first."""
    told_text = unwrapped(deep_net(2).explain())

    assert "From above: dh1 (n x 1). As in step 2, du = dh1 .* (1 - h1.^2)." in told_text


def test_like_layers_are_counted() -> None:
    """A net of a hundred layers has hardly more steps to read than one of ten."""
    ten, hundred = ([*deep_net(layers).explain().split("\n\n")] for layers in (10, 100))

    assert len(ten) == len(hundred)
    assert any("And so on, to step 298: steps 5 to 7 again and again" in part for part in hundred)
    assert sum(isinstance(step, Differentiated) for step in deep_net(100).steps) == 201


@settings(max_examples=40, deadline=None)
@given(problems(depth=2), st.sampled_from([1, 2]))
def test_every_derivation_can_be_told(problem: Problem, order: int) -> None:
    """In both languages and markups, and with each derivative that is printed."""
    try:
        derivation = derive(
            problem.source, problem.wrt, shapes=problem.shapes, order=order, verify=False
        )
    except DimderivError:
        return
    for language in ("en", "zh"):
        page = derivation.explain(language).replace(" ", "").replace("\n", "")
        for statement in derivation.program.statements:
            # The letters of an array stand behind its name.
            shown = text(statement.value)
            shown = shown.partition("] ")[2] if shown.startswith("[") else shown
            assert shown.replace(" ", "") in page
    assert derivation.latex(steps=True)


def test_what_arrives_with_the_axes_of_the_value_has_a_name() -> None:
    """An array with four axes is not written out where it arrives, however short it is."""
    told = derive("X - mean(X, axis=0)", "X", shapes="X: m x n", verify=False).explain()

    assert "2. Z = mean(X, axis=0), by X. From above: dZ." in told
    assert "dZ[i,j,k,l] = -I[i,k] I[j,l]" in told


def test_a_convolution_is_told_with_a_letter_for_each_place() -> None:
    """The derivative by what is slid over has no sums for indices."""
    shapes = "G: 5 x 4; V: 6 x 7; K: 2 x 4"
    told = derive("sum(G .* conv2(V, K))", "V", shapes=shapes, verify=False).explain()

    assert "dV[i,j] = K[p,q] G[i-p, j-q], summed" in " ".join(told.split())


def test_parts_that_are_given_entry_by_entry_are_added_entry_by_entry() -> None:
    """No brackets with letters of their own stand in a sum."""
    told = derive("tr(kron(S', S))", "S", shapes="S: m x n", verify=False).explain()

    assert "dS[i,j] = eye(m n)[i n+k, j m+l] S[l,k] + eye(m n)[k n+j, l m+i] S[k,l]" in told
