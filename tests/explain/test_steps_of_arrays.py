"""Steps of programs with any number of axes: what they say is true, and said by letters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import pytest

from dimderiv import Derivation, derive
from dimderiv.derivation.claims import claims
from dimderiv.explain.record.recorded import Added, Differentiated, Equation, Passed, Step
from dimderiv.explain.words.markup import WIDTH
from dimderiv.explain.words.wrap import columns
from dimderiv.language.syntax import Entry, IndexForm, Name, Number, Program, Statement, Tree
from dimderiv.render.text import text
from dimderiv.verify.points.check import verify

CONVOLUTION = "Y[n,o,i:2] = X[n,c,2i+r-1] W[o,c,r]; sum(G .* Y)"
CONVOLUTION_SHAPES = "X: N x C x 4; W: O x C x 3; G: N x O x 2"
ATTENTION = """
S[b,h,q,k] = Q[b,h,q,d] K[b,h,k,d] / sqrt(D)
P = softmax(S, axis=k)
O[b,h,q,e] = P[b,h,q,k] V[b,h,k,e]
sum(G .* O)
"""
ATTENTION_SHAPES = "Q: B x H x M x D; K: B x H x N x D; V: B x H x N x E; G: B x H x M x E"
FACTORIZATION = "R[i,j,k] = T[i,j,k] - A[i,r] B[j,r] C[k,r]; sum(R.^2)"
FACTORIZATION_SHAPES = "T: I x J x K; A: I x R; B: J x R; C: K x R"
EMBEDDING = "X = E[y, :]; mean(-logsoftmax(X W)[i, z[i]])"
EMBEDDING_SHAPES = "E: V x d; y: N labels V; z: N labels C; W: d x C"
DISTANCES = "D[i,j] = (X[i,d] - Z[j,d])^2; sum(W .* D)"
DISTANCES_SHAPES = "X: m x p; Z: n x p; W: m x n"
BATCH_NORM = """
mu = mean(X, axis=(0, 2, 3))
V = mean((X - mu).^2, axis=(0, 2, 3))
sum(G .* ((X - mu) ./ sqrt(V + e)))
"""
BATCH_NORM_SHAPES = "X: N x C x H x W; e: scalar positive; G: N x C x H x W"


@dataclass(frozen=True)
class Case:
    """An expression, a variable and declared shapes."""

    expression: str
    variable: str
    shapes: str

    def derived(self) -> Derivation:
        """The derivation of this case."""
        return derive(self.expression, self.variable, shapes=self.shapes, verify=False)


CASES = [
    *(Case(CONVOLUTION, variable, CONVOLUTION_SHAPES) for variable in "XW"),
    *(Case(ATTENTION, variable, ATTENTION_SHAPES) for variable in "QKV"),
    Case(FACTORIZATION, "A", FACTORIZATION_SHAPES),
    *(Case(EMBEDDING, variable, EMBEDDING_SHAPES) for variable in "EW"),
    *(Case(DISTANCES, variable, DISTANCES_SHAPES) for variable in "XZ"),
    Case(BATCH_NORM, "X", BATCH_NORM_SHAPES),
    Case("sum[k] logdet(S[k])", "S", "S: K x n x n"),
    Case("Y[b,i,j] = A[b,i,k] inv(B[b])[k,j]; sum(G .* Y)", "B", "A: L x m x n; B: L x n x n"),
    Case("sum(G .* softmax(S, axis=1))", "S", "S: B x M x N; G: B x M x N"),
    Case("Y[n,i:4] = max[r:2] X[n,2i+r]; sum(G .* Y)", "X", "X: N x 8; G: N x 4"),
    Case("x[1:]' x[:n-1]", "x", "x: n"),
    Case("S[i,j] = X[i,d] X[j,d]; sum(G .* tanh(S))", "X", "X: n x p; G: n x n"),
]


def names(case: Case) -> str:
    """A name for a test."""
    return f"{case.expression.strip().splitlines()[-1]} by {case.variable}"


def told(derivation: Derivation) -> Iterator[Statement]:
    """Every equation that the steps state: what short names mean, and derivatives."""
    yield from derivation.typed.program.statements[:-1]
    for step in derivation.steps:
        for equation in introduced(step):
            yield statement(equation.sides[0], equation.sides[1], derivation)
        if isinstance(step, Passed):
            for each in step.received:
                if each.left is not None and not each.operand.is_shared:
                    yield statement(each.left, each.value, derivation)
        is_part = isinstance(step, Differentiated) and step.operand.is_shared
        if isinstance(step, (Differentiated, Added)) and step.left and not is_part:
            yield statement(step.left, step.value.sides[-1], derivation)


def introduced(step: Step) -> Iterator[Equation]:
    """What short names stand for that a step uses for the first time."""
    if isinstance(step, (Passed, Differentiated)):
        operands = [step.operand] if isinstance(step, Differentiated) else []
        operands += [each.operand for each in step.received] if isinstance(step, Passed) else []
        yield from step.where
        shown = (operand.introduced for operand in operands)
        yield from (each for each in shown if isinstance(each, Equation))


def statement(left: Tree, right: Tree, derivation: Derivation) -> Statement:
    """An equation as a statement, with the sizes of letters where the left side is a variable's."""
    if not isinstance(left, Entry):
        return Statement(text(left), right)
    name = text(left.operand)
    found = derivation.typed.symbols.get(name.removeprefix("d"))
    sizes = [dim.syntax() for dim in found.shape] if found else [None] * len(left.indices)
    letters = [
        (index.name, size) if isinstance(index, Name) else (f"z{k}", Number(Fraction(1)))
        for k, (index, size) in enumerate(zip(left.indices, sizes, strict=False))
    ]
    assert all(isinstance(index, Name | Number) for index in left.indices)
    return Statement(name, IndexForm(tuple(letters), right))


def holds(derivation: Derivation, statements: Sequence[Statement]) -> bool:
    """Whether the last of some statements is the derivative, by the verifier."""
    derived = derivation.derived
    (variables, name), typed = next(iter(derived.names.items())), derivation.typed
    program = Program((*statements, Statement(None, Name(name))))
    told = {f"d{name}": shape for name, shape in typed.definitions.items()}
    shape = derived.extents[variables].shape
    answer = derivation.question.settled(text(program), told, shape)
    return verify(replace(claims(derived)[variables], answer=answer), budget=60.0).entries > 0


@pytest.mark.parametrize("case", CASES, ids=names)
def test_the_formulas_are_true(case: Case) -> None:
    """Read one after the other, the equations of the steps end in the derivative."""
    derivation = case.derived()

    assert holds(derivation, list(told(derivation)))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", CASES, ids=names)
def test_lines_fit_a_terminal(case: Case, language: str) -> None:
    """No line is wider than 80 columns, where a Chinese character takes two."""
    page = case.derived().explain(language)

    assert "{" not in page
    assert [line for line in page.splitlines() if columns(line) > WIDTH] == []


def page(case: Case, lang: str = "en") -> str:
    """The steps in words, without line breaks."""
    return " ".join(case.derived().explain(lang).split())


def test_a_softmax_along_a_letter() -> None:
    """The rule is that of rows, said of the letter, and the whole arrays follow."""
    words = page(Case(ATTENTION, "Q", ATTENTION_SHAPES))

    assert "softmax works along k: an entry depends on all entries along k." in words
    assert "d(P[b,h,q,i])/d(S[b,h,q,k]) = P[b,h,q,i] I[i,k] - P[b,h,q,i] P[b,h,q,k]" in words
    assert "= P .* (dP - sum(P .* dP, axis=k))." in words


def test_rows_of_a_table() -> None:
    """An entry of labels is met where its class is that of the label."""
    words = page(Case(EMBEDDING, "E", EMBEDDING_SHAPES))

    assert "y: N labels V" in words
    assert "E enters where j = y[l], so the sum is over all l for which that holds." in words
    assert "As a whole, dE = onehot(y)' dX." in words


def test_rows_of_a_table_for_a_batch_of_sequences() -> None:
    """Labels with several axes say for which places of all of them a row is met."""
    words = page(Case("sum(G .* E[y, :])", "E", "E: V x d; y: N x T labels V; G: N x T x d"))

    assert "y: N x T labels V" in words
    assert "E enters where i = y[k,l], so the sum is over all k and l for which that" in words
    assert "So dE[i,j] = G[k,l,j] I[i, y[k,l]]." in words


def test_what_is_repeated_along_a_letter() -> None:
    """What a sum repeats along a letter is summed along it, with the letters of the user."""
    words = page(Case(DISTANCES, "Z", DISTANCES_SHAPES))

    assert "Z, repeated along i. From above: -dM[i,j,d]." in words
    assert "dM has i, which Z lacks, so the entries are summed over i." in words


def test_a_function_is_called_as_the_user_called_it() -> None:
    """What is made of a convolution is no part of what was asked."""
    derivation = derive(
        "conv2d(X, F, stride=2, padding=1)",
        "F",
        shapes="X: N x C x 8 x 8; F: O x C x 3 x 3",
        upstream="G",
        verify=False,
    )

    assert derivation.explain().startswith(
        "conv2d(X, F, stride=2, padding=1), differentiated by F\n"
    )


def test_a_transposed_convolution() -> None:
    """By its input, the kernel slides over what is handed down, in steps."""
    derivation = derive(
        "conv_transpose2d(X, F, stride=2)",
        "X",
        shapes="X: N x C x 3 x 3; F: C x O x 3 x 3",
        upstream="G",
        verify=False,
    )
    words = " ".join(derivation.explain().split())

    assert "dX[n,c,i,j] = G[n,o,2i+p,2j+q] F[c,o,p,q]" in words
    assert "7 - 3 + 1 = 5 places, and of those 2 apart there are 3, as many as X has." in words


def test_an_axis_of_several_letters() -> None:
    """Such an axis is written as the user writes it."""
    words = page(
        Case("Y[b,n,(h d)] = X[b,n,k] W[k,h,d]; sum(Y.^2)", "W", "X: B x N x K; W: K x H x D")
    )

    assert "dW[k,h,d] = X[b,n,k] dY[b, n, (h d)]." in words


def test_places_that_are_numbers() -> None:
    """An entry at a number has no sizes to tell of, and its place is said."""
    words = page(Case("(x[1] - x[0]^2)^2", "x", "x: 2"))

    assert "x enters only where i = 0; its other entries receive nothing." in words


def test_a_sum_without_a_head_is_written_out() -> None:
    """A scalar says which letters it sums."""
    words = page(Case("X[i,j,k]^3", "X", "X: a x b x c"))

    assert "1. sum[i,j,k] X[i,j,k]^3, by X." in words


def test_equal_sizes_under_other_names_are_told_once() -> None:
    """Height and width of an image differ in a name."""
    words = page(Case("sum(conv2d(X, W, padding=1).^2)", "X", "X: N x C x H x L; W: O x C x 3 x 3"))

    assert "H + 3 - 1 = H + 2 places" in words
    assert "Along l it is the same, with L in place of H." in words
    assert "L + 3 - 1" not in words


def test_a_mean_says_how_far_its_letters_run() -> None:
    """No array has them, so no size of an array says it."""
    words = page(Case("Y[i:4] = mean[r:2] x[2i+r]; sum(Y.^2)", "x", "x: 8"))

    assert "The range of r is 0 to 1. The places 2i+r run from 0 to 7" in words


def test_letters_of_the_user_name_nothing_else() -> None:
    """What is v + 1 is not called r where r is a letter of the filter."""
    source = "Y[o,i] = x[i+r] W[o,r]; v[o] = Y[o,i]^2; F[o] = 1 / sqrt(v[o] + 1); sum(F.^3)"
    words = page(Case(source, "W", "x: 9; W: O x 3"))

    assert "r = v" not in words
    assert "= v + 1" in words


def test_a_number_that_was_counted_divides() -> None:
    """A mean over 8 x 8 places is a 64th, and the user gave no decimal for it."""
    source = "F[n,o] = mean[i,j] H[n,o,i,j]; sum(F.^2) / N"
    words = page(Case(source, "H", "H: N x O x 8 x 8"))

    assert "d(H / 64)/dH = 1 / 64." in words
    assert "So dH[n,o,i,j] = dF[n,o] / 64." in words


@pytest.mark.parametrize("body", ["tanh(g[o] Z[n,o])", "tanh(g[o] Z[n,o,p] b[o])"])
def test_an_elementwise_function_has_the_axes_of_the_head(body: str) -> None:
    """Which letter the body has first says nothing about the order of axes."""
    words = page(Case(f"H[n,o] = {body}; sum(H.^2)", "Z", "g: O; b: O"))

    assert "a transpose exchanges the axes" not in words
    assert "[o,n" not in words


def test_a_call_is_shown_with_what_it_stands_for() -> None:
    """The words of the user, and the entry whose letters the steps have."""
    words = page(Case("sum(avg_pool2d(X, 2).^3)", "X", "X: N x C x 8 x 8"))

    assert words.startswith("sum(avg_pool2d(X, 2).^3), differentiated by X")
    assert (
        "The entry of avg_pool2d(X, 2) at n, c, i and j is mean[r:2, s:2] X[n,c,2i+r,2j+s]."
    ) in words
    assert "by Z[n,c,i,j] = sum[r:2, s:2] X[n,c,2i+r,2j+s]." in words
