"""The steps: what they say is true, complete, short, and set so that it can be read."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dimderiv import Derivation, derive
from dimderiv.errors import LimitError, UnknownNameError
from dimderiv.explain.record.orders import Link, Order, as_chain
from dimderiv.explain.record.recorded import Added, Differentiated, Passed, Step
from dimderiv.explain.words.markup import WIDTH
from dimderiv.explain.words.wrap import columns, wrap
from dimderiv.language.shapes import ONE, Dim, Shape
from dimderiv.language.syntax import (
    Add,
    Entry,
    IndexForm,
    Name,
    Program,
    Statement,
    Transpose,
    Tree,
    children,
)
from dimderiv.render.text import text
from dimderiv.verify.claim import Claim
from dimderiv.verify.points.check import verify

NET = "S1 = X W1 + b1; H = relu(S1); S2 = H W2 + b2; cross_entropy(S2, Y)"
NET_SHAPES = "X: N x d; W1: d x h; b1: 1 x h; W2: h x C; b2: 1 x C; Y: N x C onehot"
BATCH_NORM = """
mu = mean(X, axis=0)
V = mean((X - mu).^2, axis=0)
Xhat = (X - mu) ./ sqrt(V + e)
sum(G .* (Xhat .* g + b))
"""
BATCH_NORM_SHAPES = "X: N x d; g: 1 x d; b: 1 x d; e: scalar positive; G: N x d"
ATTENTION = "sum(G .* (softmax(Q K' / sqrt(d)) V))"


@dataclass(frozen=True)
class Case:
    """An expression, a variable and declared shapes."""

    expression: str
    variable: str
    shapes: str = ""

    def derived(self, *, verify: bool = False) -> Derivation:
        """The derivation of this case."""
        return derive(self.expression, self.variable, shapes=self.shapes or None, verify=verify)


CASES = [
    Case("||Xw-y||^2", "w"),
    Case("x'Ax", "x"),
    Case("x'Ax", "x", "A: n x n symmetric"),
    Case("a' inv(X) b", "X"),
    Case("logdet(X)", "X"),
    Case("logdet(X' X)", "X", "X: m x n"),
    Case("det(X' A X)", "X"),
    Case("tr(A X B)", "X"),
    Case("tr(X)", "X"),
    Case("a' diag(x) b", "x"),
    Case("a' diag(X)", "X", "X: n x n; a: n"),
    Case("a' X' b", "X"),
    Case("||X||_F^2 / 2", "X"),
    Case("||w||", "w"),
    Case("||A - U V'||_F^2 + lambda ||U||_F^2", "U", "A: m x n; U: m x k; V: n x k"),
    Case("sum(log(1 + exp(-y .* (X w))))", "w"),
    Case("sum(logsumexp(X, axis=1))", "X"),
    Case("sum(a .* max(X, axis=1))", "X", "X: m x n; a: m"),
    Case("mean(X, axis=0) a", "X", "X: m x n; a: n"),
    Case("a' softmax(x)", "x"),
    Case("sum(G .* softmax(X))", "X", "X: m x n"),
    Case("(x' y) / (||x|| ||y||)", "x"),
    Case("tr(A X B X')", "X", "A: m x m; X: m x n; B: n x n"),
    Case("sum(G .* (conv2(V, K) + b))", "K", "V: H x W; K: p x q; b: scalar"),
    Case("sum(G .* (conv2(V, K) + b))", "V", "V: H x W; K: p x q; b: scalar"),
    Case("sum(max(A x, b).^2)", "x", "A: m x n; b: m"),
    Case("x' A^6 x", "A"),
    Case(ATTENTION, "Q", "Q: n x d; K: n x d; V: n x c"),
    Case(ATTENTION, "K", "Q: n x d; K: n x d; V: n x c"),
    Case(BATCH_NORM, "X", BATCH_NORM_SHAPES),
    Case(BATCH_NORM, "g", BATCH_NORM_SHAPES),
    *(Case(NET, variable, NET_SHAPES) for variable in ("W1", "b1", "W2", "b2")),
]
LEAST_SQUARES = CASES[0]


def names(case: Case) -> str:
    """A name for a test."""
    return f"{case.expression.strip().splitlines()[-1]} by {case.variable}"


def told(derivation: Derivation) -> Iterator[Statement]:
    """Every equation that the steps state: what short names mean, and derivatives."""
    yield from derivation.typed.program.statements[:-1]
    yield from told_in(derivation.steps)


def told_in(steps: Iterable[Step]) -> Iterator[Statement]:
    """The equations that some steps state."""
    for step in steps:
        shown = step.where if isinstance(step, (Passed, Differentiated)) else ()
        for name, definition in [each.sides for each in shown]:
            yield Statement(text(name), definition)
        received = step.received if isinstance(step, Passed) else ()
        operands = [each.operand for each in received]
        operands += [step.operand] if isinstance(step, Differentiated) else []
        for operand in operands:
            if operand.definition is not None:
                yield Statement(text(operand.tree), operand.definition)
        for each in received:
            if each.left is not None and not each.operand.is_shared:
                yield Statement(text(each.left), each.value)
        is_part = isinstance(step, Differentiated) and step.operand.is_shared
        if isinstance(step, (Differentiated, Added)) and step.left and not is_part:
            yield Statement(text(step.left), step.value.sides[-1])


def entries(derivation: Derivation) -> Iterator[Statement]:
    """The same equations, with what the steps say entry by entry wherever they do."""
    by_entries = {
        text(step.left): as_index_form(step)
        for step in derivation.steps
        if isinstance(step, Differentiated) and step.left and not step.operand.is_shared
    }
    for statement in told(derivation):
        assert statement.name is not None
        yield Statement(statement.name, by_entries.get(statement.name, statement.value))


def as_index_form(step: Differentiated) -> Tree:
    """What a step says entry by entry, as one array."""
    sides = [term.letters.sides for term in step.terms]
    bodies = [right for _, right in sides]
    body = bodies[0] if len(bodies) == 1 else Add(tuple(bodies))
    left, shape = sides[0][0], step.shape
    assert shape is not None
    if not isinstance(left, Entry):
        return body
    letters = [index.name for index in left.indices if isinstance(index, Name)]
    if len(set(letters)) < len(left.indices):
        return step.value.sides[-1]
    sizes = [dim.syntax() for dim in shape.axes]
    form = IndexForm(tuple(zip(letters, sizes, strict=True)), body)
    return Transpose(form) if shape.is_row else form


def holds(derivation: Derivation, statements: Sequence[Statement]) -> bool:
    """Whether the last of some statements is the derivative, by the verifier."""
    variable = derivation.wrt[0]
    names = {names[0]: name for names, name in derivation.derived.names.items()}
    program = Program((*statements, Statement(None, Name(names[variable]))))
    claim = Claim(
        expression=derivation.typed.program,
        answer=derivation.question.settled(text(program)),
        wrt=variable,
        symbols=derivation.typed.symbols,
        value=derivation.typed.value,
    )
    return verify(claim, budget=60.0).entries > 0


@pytest.mark.parametrize("case", CASES, ids=names)
def test_the_formulas_are_true(case: Case) -> None:
    """Read one after the other, the equations of the steps end in the derivative."""
    derivation = case.derived()

    assert holds(derivation, list(told(derivation)))


@pytest.mark.parametrize("case", CASES, ids=names)
def test_the_entries_are_true(case: Case) -> None:
    """What is said entry by entry ends in the derivative too."""
    derivation = case.derived()

    assert holds(derivation, list(entries(derivation)))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", CASES, ids=names)
def test_lines_fit_a_terminal(case: Case, language: str) -> None:
    """No line is wider than 80 columns, where a Chinese character takes two."""
    lines = case.derived().explain(language).splitlines()

    assert [line for line in lines if columns(line) > WIDTH] == []


def test_least_squares() -> None:
    """The whole text of the simplest case."""
    told_text, _, checked = LEAST_SQUARES.derived(verify=True).explain().rpartition("\n")

    assert checked.startswith("Checked at")
    assert told_text == (
        """\
||X w - y||^2, differentiated by w

Assumed: X: m x n; w: n x 1; y: m x 1.
dr is short for the derivative of the value by r; it has the shape of r.

1. ||r||^2, by r = X w - y.
   With scalars, d(r^2)/dr = 2 r.
   dr = 2 r is m x 1, the shape of r.

2. r = X w - y: a sum hands dr on to X w.

3. X w, by w. From above: dr (m x 1).
   With scalars, d(X w)/dw = X; so the factors, with their shapes, are
        X       dr
      m x n   m x 1
   This order does not conform: m x n times m x 1, and n is not m.
   dw = X' dr conforms: n x m times m x 1 is n x 1, the shape of w.
   Of the 8 orders and transposes it is the only one with that shape.
   X is transposed because its axis m is the one that meets dr; w lacks m.

Put together:
   dw = 2 X' (X w - y)"""
    )


def test_least_squares_in_chinese() -> None:
    """The shapes stand under the factors in Chinese text too."""
    assert """\
3. X w 对 w 求导。上游传来 dr（m x 1）。
   当作标量，d(X w)/dw = X；于是各因子及其形状是
        X       dr
      m x n   m x 1
   这个次序的形状不相容：m x n 乘 m x 1，而 n 与 m 不同。
   dw = X' dr 相容：n x m 乘 m x 1 得 n x 1，正是 w 的形状。
   在 8 种次序与转置中，只有这一种的形状正确。
   X 要转置，因为与 dr 相乘的是它的维度 m；w 没有维度 m。
""" in LEAST_SQUARES.derived().explain("zh")


def test_the_inverse_is_not_decided_by_shapes() -> None:
    """For a matrix function, all arrangements conform, and the letters are given."""
    told_text = Case("a' inv(X) b", "X").derived().explain()

    assert "All 24 orders and transposes of these conform and are n x n" in told_text
    assert "d(Y[k,l])/d(X[i,j]) = -Y[k,i] Y[j,l]" in told_text


def test_the_two_layer_net_is_not_drowned() -> None:
    """Four gradients of a two-layer net take less than 80 lines."""
    told_text = derive(NET, "W1,b1,W2,b2", shapes=NET_SHAPES).explain()

    assert len(told_text.splitlines()) < 80
    assert "N is in dS2 but not in b2, so it is summed over." in told_text
    assert "H is transposed because its axis N is the one that meets dS2" in told_text


def test_an_elementwise_function_needs_no_order() -> None:
    """A function of each entry is told without a table."""
    told_text = Case("a' tanh(x)", "x").derived().explain()

    assert "tanh works on each entry by itself" in told_text


def test_several_ways_are_added() -> None:
    """A variable that occurs twice is told place by place, and then as a sum."""
    steps = Case("x'Ax", "x").derived().steps

    assert [1, 2] == [step.operand.occurrence for step in steps if isinstance(step, Differentiated)]
    assert [2] == [step.ways for step in steps if isinstance(step, Added)]


def test_short_names_mean_nothing_else() -> None:
    """Neither symbols nor sizes are taken for short names."""
    derivation = derive("||r z - u||^2", "z", shapes="r: v x q; z: q; u: v")
    defined = {statement.name for statement in told(derivation)}

    assert defined.isdisjoint({"r", "z", "u", "v", "q"})


def test_the_name_of_the_answer_is_used() -> None:
    """A part that the answer has a name for has the same name in the steps."""
    told_text = Case(ATTENTION, "Q", "Q: n x d; K: n x d; V: n x c").derived().explain()

    assert "by M = softmax(Q K' / sqrt(d))." in told_text
    assert "   M = softmax(Q K' / sqrt(d))\n" in told_text


def test_a_derivative_of_a_matrix_is_told_by_entries() -> None:
    """What has four axes is given entry by entry, and the answer in Kronecker form."""
    told_text = Case("A X B", "X").derived().explain()

    assert "dX[i,j,k,l] stands in row (j, i) and column (l, k)." in told_text


def test_unknown_languages_are_refused() -> None:
    """A language or markup that does not exist is named."""
    derivation = LEAST_SQUARES.derived()
    with pytest.raises(UnknownNameError, match="'fr' is unknown"):
        derivation.explain("fr")
    with pytest.raises(UnknownNameError, match="'rtf' is unknown"):
        derivation.explain(markup="rtf")


def test_steps_grow_with_the_layers() -> None:
    """A net of many layers has a fixed number of steps for each layer."""
    counts = []
    for layers in (20, 40, 60):
        lines = [f"h{k} = tanh(W h{k - 1})" for k in range(1, layers + 1)]
        source = "; ".join([*lines, f"a' h{layers}"]).replace("h0", "x")
        counts.append(len(derive(source, "x", shapes="W: n x n; x: n", verify=False).steps))

    assert counts[1] - counts[0] == counts[2] - counts[1]


TABLE = r"\underbrace{X}_{m \times n} \; \underbrace{\mathrm{d}r}_{m \times 1}"


@pytest.mark.parametrize(
    ("markup", "step", "table"),
    [
        ("latex", r"\item[3.] \(X w\), by \(w\).", rf"\[ {TABLE} \]"),
        ("markdown", "**3.** $X w$, by $w$.", f"$$\n{TABLE}\n$$"),
        ("html", r'<li value="3"><p>\(X w\), by \(w\).', rf"<p>\[{TABLE}\]</p>"),
    ],
)
def test_steps_are_text_with_formulas(markup: str, step: str, table: str) -> None:
    """Each step has its number, and the shapes stand under braces."""
    told = LEAST_SQUARES.derived().explain(markup=markup)

    assert step in told
    assert table in told


def test_what_is_handed_down_under_its_name_is_used_at_once() -> None:
    """Handed down as dY to the definition Y it needs no step; elsewhere dY means something else."""
    layer = derive("Y = X W + b; Y", "W", upstream="dY", shapes="b: 1 x C", verify=False)
    other = derive("Y = X W; Y + Y.^2", "W", upstream="dY", verify=False)

    assert "1. Y = X W + b: a sum hands dY on to X W." in layer.explain()
    assert "dY_2" not in layer.explain()
    assert "dY_2 is short for the derivative of the value by Y" in other.explain()


def test_what_is_a_sign_of_the_markup_is_escaped() -> None:
    """A comparison is no tag, a name with an underscore no emphasis."""
    found = derive("sum(relu(x_max - x))", "x", shapes="x: n; x_max: scalar", verify=False)

    assert "<" not in re.sub("</?(p|ol|li)[^<>]*>", "", found.explain(markup="html"))
    assert not re.search(r"(?<!\\)_", re.sub(r"\$+[^$]*\$+", "", found.explain(markup="markdown")))


SIZES = st.sampled_from(["m", "n", "p"]).map(Dim.of)


@st.composite
def links(draw: st.DrawFn) -> list[Link]:
    """Matrices and vectors in some order."""
    shapes = draw(st.lists(st.tuples(SIZES, SIZES | st.just(ONE)), min_size=2, max_size=4))
    letters = draw(st.permutations("ABCD"))
    return [Link(Name(name), Shape(*sizes)) for name, sizes in zip(letters, shapes, strict=False)]


@given(links(), SIZES, SIZES)
def test_arrangements_are_counted(factors: list[Link], rows: Dim, cols: Dim) -> None:
    """The count is that of trying every order and every choice of transposes."""
    tried = [
        [
            link.shape.transposed if turned else link.shape
            for link, turned in zip(order, flags, strict=True)
        ]
        for order in permutations(factors)
        for flags in product([False, True], repeat=len(factors))
    ]
    conforming = [
        chain
        for chain in tried
        if all(a.cols == b.rows for a, b in pairwise(chain))
        and Shape(chain[0].rows, chain[-1].cols) == Shape(rows, cols)
    ]
    count = Order.of(factors, Shape(rows, cols), None).count

    assert count is not None
    assert (len(tried), len(conforming)) == (count.total, count.conforming)


def test_equal_factors_are_not_told_apart() -> None:
    """`Y dY Y` in another order of the two Y is no other arrangement."""
    square = Shape(Dim.of("n"), Dim.of("n"))
    factors = [Link(Name(name), square) for name in ("Y", "Y", "dY")]
    count = Order.of(factors, square, None).count

    assert count is not None
    assert (24, 24) == (count.total, count.conforming)


def test_a_symmetric_factor_is_not_transposed() -> None:
    """The transpose of a symmetric matrix is no other arrangement."""
    n = Dim.of("n")
    factors = [Link(Name("A"), Shape(n, n), is_symmetric=True), Link(Name("x"), Shape(n, ONE))]
    count = Order.of(factors, Shape(n, ONE), None).count

    assert count is not None
    assert (4, 1) == (count.total, count.conforming)


def test_a_plain_product_is_recognised() -> None:
    """An arrangement with numbers and transposes is a chain; with an elementwise part it is not."""
    m, n = Dim.of("m"), Dim.of("n")
    factors = [Link(Name("X"), Shape(m, n)), Link(Name("r"), Shape(m, ONE))]
    statements = derive("0.5 ||X w - r||^2", "w", verify=False).read_back("a = 2 X' r; X .* r")
    chain, other = (as_chain(each.value, factors) for each in statements.statements)

    assert chain is not None
    assert (["X'", "r"], None) == ([text(link.written) for link in chain], other)


@pytest.mark.parametrize(
    ("paragraph", "width", "lines"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("梯度的形状。", 6, ["梯度的", "形状。"]),
        ("因为 dr 相同", 8, ["因为 dr", "相同"]),
        ("unbreakable", 4, ["unbreakable"]),
    ],
)
def test_wrapping(paragraph: str, width: int, lines: list[str]) -> None:
    """Lines break at spaces and beside Chinese characters, never before what closes a sentence."""
    assert lines == wrap(paragraph, width)


def test_every_operand_is_told() -> None:
    """No step names an inner part that no step defined."""
    for case in CASES:
        derivation = case.derived()
        statements = list(told(derivation))
        known = {*derivation.typed.symbols, *(statement.name for statement in statements)}
        for step in derivation.steps:
            if isinstance(step, Differentiated):
                used = {
                    n.name for tree in step.value.sides for n in walk(tree) if isinstance(n, Name)
                }
                assert {name for name in used if name.startswith("d") and len(name) > 1} <= known


def walk(tree: Tree) -> Iterator[Tree]:
    """Every part of a tree."""
    yield tree
    for child in children(tree):
        yield from walk(child)


@pytest.mark.parametrize("variable", ["V", "K"])
def test_a_convolution_of_which_only_the_sum_counts_has_steps(variable: str) -> None:
    """No second array slides there."""
    found = derive("mean(conv2(V, K))", variable, shapes="V: H x W; K: p x q", verify=False)

    assert f"d{variable} = {found.text()}" in " ".join(found.explain().split())


def test_steps_that_nobody_would_read_are_refused() -> None:
    """Each of 60 equal factors would be told with all the others beside it."""
    with pytest.raises(LimitError, match="so many factors"):
        derive("A " * 60 + "x", "A", shapes="x: n", verify=False).explain()


def test_a_scalar_in_a_convolution_is_told_why_letters_are_summed() -> None:
    """A derivative by a scalar has no axis along which one array slides."""
    told = " ".join(derive("sum(conv2(c V, K))", "c", shapes="c: scalar").explain().split())

    assert "V and K share p and q, which c lacks, so their products are summed" in told


def test_the_answer_has_the_name_that_the_steps_give_it() -> None:
    """Where a symbol is called like a derivative, nothing is said to equal itself."""
    plain = derive("x' dx", "x", shapes="x: n; dx: n", verify=False)
    shapes = "S: n x n symmetric; dS: n x n"
    tied = derive("tr(dS S)", "S", shapes=shapes, structured=True, verify=False)

    assert "Put together:\n   dx_2 = dx\n" in plain.explain()
    assert "dS_2 + dS_2' - dS_2 .* I:\n   dS_2 =" in tied.explain()
