"""Letters: along which axes they run, how far, and what is wrong where that cannot be."""

from collections.abc import Mapping

import pytest
from statements import RULES, at, declarations, form, over, size, tree, typed

from dimderiv.infer.typed import infer
from dimderiv.language.indexed.summation import implicit
from dimderiv.language.parser import parse_program
from dimderiv.language.shapes import Dim
from dimderiv.language.syntax import Add, Binary, Call, Entry, IndexForm, Name, Tree
from dimderiv.render import latex
from dimderiv.render.text import text as render_text


def extents(found: Mapping[str, Dim]) -> dict[str, str]:
    """Sizes as texts."""
    return {name: str(size) for name, size in found.items()}


def test_axes_that_a_letter_indexes_alone_are_one_size() -> None:
    """The head and the sum of a matrix product get their sizes from the arrays."""
    inner = over("k", at("A", "i", "k"), at("B", "k", "j"))
    product = form("i j", inner)

    found = typed(product, shapes="A: m x p; B: p x n")

    assert "m x n" == str(found.value)
    assert {"i": "m", "j": "n"} == extents(found.extents(product))
    assert {"k": "p"} == extents(found.extents(inner))
    assert "scalar" == str(found.shape(inner))


def test_the_number_of_indices_tells_the_axes_of_an_array() -> None:
    """An array that is not declared has as many axes as it has indices, which is told."""
    found = typed(form("k", over("i j", at("x", "i"), at("T", "k", "i", "j"), at("y", "j"))))

    assert "n" == str(found.value)
    assert ("x: m", "T: n x m x p", "y: p") == found.assumptions


def convolution(head: str, place: str) -> tuple[IndexForm, Call]:
    """A convolution along one axis."""
    inner = over("c k", at("X", "n", "c", place), at("W", "o", "c", "k"))
    return form(head, inner), inner


@pytest.mark.parametrize(
    ("place", "shapes", "expected"),
    [
        ("t + k", "X: N x C x L; W: O x C x K", "L - K + 1"),
        ("t + k", "X: 2 x 3 x 9; W: 4 x 3 x 3", "7"),
        ("2 t + k", "X: N x C x L; W: O x C x K", "(L - K)//2 + 1"),
        ("2 t + 3 k", "X: 2 x 3 x 9; W: 4 x 3 x 2", "3"),
        ("t + k + 1", "X: N x C x L; W: O x C x K", "L - K"),
        ("t + K - 1 - k", "X: N x C x L; W: O x C x K", "L - K + 1"),
        ("L - 1 - t", "X: N x C x L; W: O x C x K", "L"),
        ("2 t", "X: N x C x L; W: O x C x K", "(L + 1)//2"),
    ],
)
def test_a_letter_in_sums_runs_as_far_as_every_entry_lies_inside(
    place: str, shapes: str, expected: str
) -> None:
    """Valid is the default, with strides, dilation and offsets."""
    statement, _ = convolution("n o t", place)

    found = typed(statement, shapes=shapes)

    assert expected == str(found.extents(statement)["t"])


@pytest.mark.parametrize(
    ("head", "declared", "more"),
    [
        ("n o t:9", "", None),
        ("n o t", "Y: N x O x 9", None),
        ("n o t", "", Call("sum", (tree("G .* Y"),))),
    ],
)
def test_a_size_that_is_given_comes_before_the_range(
    head: str, declared: str, more: Tree | None
) -> None:
    """The head, a declaration of what is defined, or its use later on tell the size."""
    statement, _ = convolution(head, "t + k - 1")
    shapes = "X: N x C x 9; W: O x C x 3; G: N x O x 9;" + declared

    found = typed(("Y", statement), more or tree("2 Y"), shapes=shapes)

    assert "9" == str(found.extents(statement)["t"])
    assert "N x O x 9" == str(found.definitions["Y"])


def test_a_range_may_have_one_place() -> None:
    """A kernel as long as the image leaves an axis of size 1."""
    statement, _ = convolution("n o t", "t + k")

    assert "2 x 4 x 1" == str(typed(statement, shapes="X: 2 x 3 x 5; W: 4 x 3 x 5").value)


def test_an_axis_of_several_letters_has_their_product() -> None:
    """One of them is found where the other and the axis are known."""
    heads = form("b h d", at("X", "b", "(h d)"))

    found = typed(("Q", heads), tree("sum(Q .* R)"), shapes="X: B x 12; R: B x 3 x 4")

    assert {"b": "B", "h": "3", "d": "4"} == extents(found.extents(heads))


def test_entries_of_the_identity_take_the_size_of_their_letters() -> None:
    """A letter alone in one has the size that the other index says."""
    inner = over("i", at("w", "i"), at("I", "a", "2 i + 1"))
    strided = form("a:9", inner)

    found = typed(strided, shapes="w: 4")

    assert "9" == str(found.value)
    assert {"i": "4"} == extents(found.extents(inner))
    product = inner.arguments[0]
    assert isinstance(product, Binary) and isinstance(product.right, Entry)
    assert "9 x 9" == str(found.shape(product.right.operand))


def test_parts_of_expressions_keep_their_inner_axes() -> None:
    """Under letters a part has the axes that are left to it, and so has a function of it."""
    part = at("A", "b")
    inverse = Call("inv", (part,))

    found = typed(form("b", inverse), shapes="A: B x n x n")

    assert "n x n" == str(found.shape(inverse))
    assert "B x n x n" == str(found.value)


def test_sizes_of_axes_stand_in_heads() -> None:
    """`size(X, 1)` is known from a declaration, or once the shape of X is."""
    sized = IndexForm((("r", size("X", 1)),), at(tree("ones(n, 1)"), "r"))

    assert "n" == str(typed(sized, shapes="X: m x n").value)
    late = typed(("Y", tree("X W")), sized, shapes="W: n x 4")
    assert "n" == str(late.value)
    assert ("X: m x n",) == late.assumptions


def test_a_settled_program_has_every_size_written_out() -> None:
    """Letters in the head and in sums come with their sizes, and axes with their numbers."""
    statement, inner = convolution("n o t", "2 t + k")
    soft = Call("softmax", (Name("Y"),), axis="t")
    total = Call("sum", (Call("sum", (soft,), axis=-1),))

    found = typed(("Y", statement), total, shapes="X: N x C x L; W: O x C x K")

    first, second = (each.value for each in found.settled.statements)
    assert isinstance(first, IndexForm) and isinstance(first.body, Call)
    assert [tree("N"), tree("O"), found.extents(statement)["t"].syntax()] == [
        size for _, size in first.letters
    ]
    assert (("c", tree("C")), ("k", tree("K"))) == first.body.over
    assert Call("sum", (Call("sum", (Call("softmax", (Name("Y"),), axis=2),), axis=2),)) == second
    assert (2,) == found.axes_along(soft)
    assert inner.over == (("c", None), ("k", None))


def test_a_program_without_letters_is_settled() -> None:
    """It is the same object."""
    found = typed(tree("sum(A B)"))

    assert found.program is found.settled


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (over("i", at("x", "i"), at("x", "i + 1")), 1),
        (over("i:n", at("x", "i"), at("x", "i + 1")), 0),
        (form("i", over("k", at("x", "i + k"), at("w", "k"))), 0),
        (form("i", over("k", at("x", "2 i + k"), at("w", "k"))), 0),
        (form("i:n-1", at("x", "i")), 0),
        (form("i:n+1", at("x", "i")), 1),
        (over("i:n-1", at("x", "i"), at("x", "i + 1")), 0),
    ],
)
def test_entries_that_may_lie_outside_are_told(statement: Tree, expected: int) -> None:
    """They are 0; nobody is told where a size is written, or where nothing lies outside."""
    found = typed(statement, shapes="x: n; w: p")

    assert expected == len(found.assumptions)
    assert all("is 0 where it lies outside x" in each for each in found.assumptions)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[i] x[i+1] - x[i]", "write [i:n - 1] if"),
        ("sum[i] (x[i+1] - x[i])^2", "write sum[i:n - 1] if"),
        ("x[i] x[i-1]", "let no index start below 0, and write sum[i:...] if"),
        ("sum[i:n-1] (x[i+1] - x[i])^2", None),
        ("[i] y[i] x[i-1]", None),
        ("x[i] x[i+k]", "k is 0 alone, so that x[i+k] lies inside x wherever the other letters"),
        ("[k] x[i] x[i+k]", "write [k:...] if it runs further"),
        ("sum[k:1] x[i] x[i+k]", None),
        ("[i] x[i+k] u[k]", None),
    ],
)
def test_a_letter_that_leaves_the_array_it_runs_along_is_doubted(
    text: str, expected: str | None
) -> None:
    """Most people mean the entries inside; the other arrays that a letter runs along are padded."""
    program = parse_program(text, names={"x", "n"}, sizes={"n"})
    found = infer(program, declarations("x: n; y: n; u: 1"), rulebook=RULES)

    assert (0 if expected is None else 1) == len(found.doubts)
    assert all(expected in doubt for doubt in found.doubts if expected)


def test_a_sum_of_one_letter_may_leave_its_array() -> None:
    """`x[i + 0]` is 0 beyond the end of x; `x[i]` says that i runs along x."""
    found = typed(form("i", Add((at("y", "i"), at("x", "i + 0")))), shapes="x: n; y: m")

    assert "m" == str(found.value)


def test_answers_repeat_products_of_arrays_with_their_sign() -> None:
    """Side by side they would be refused."""
    text = "Y = X @ W; 2 sum(Y .* Y)"
    found = infer(parse_program(text), declarations("X: a x b x c; W: c x d"), rulebook=RULES)
    matrices = infer(parse_program("Y = A @ B; Y"), {}, rulebook=RULES)

    assert "X @ W" == render_text(found.printed.statements[0].value)
    assert r"X W" == latex(found.printed.statements[0].value)
    assert matrices.program is matrices.printed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[j] sum(x[i] A[i,j])", "n"),
        ("sum_i ||x_i||", "scalar"),
        ("logsumexp(x[i])", "scalar"),
        ("[i] max(A[i])", "n"),
        ("[i] sum(x[0:1]) x[i]", "n"),
    ],
)
def test_functions_that_run_over_more_than_one_entry_stand(text: str, expected: str) -> None:
    """Letters of their own, a row of a matrix, a part of size 1, and the norm of a number."""
    program = parse_program(text, names=("x", "A", "n"), sizes=("n",))

    found = infer(program, declarations("x: n; A: n x n"), rulebook=RULES)

    assert expected == str(found.value)


@pytest.mark.parametrize(
    ("text", "shapes", "expected"),
    [
        ("Y[b,h,d] = X[b, (h d)]", "X: B x (H D); Y: B x H x D", "[b, h:H, d:D] X[b, (h d)]"),
        ("Y[i,j] = x[(i j)]", "x: m n; Y: m x n", "[i:m, j:n] x[(i j)]"),
        ("Y[i] = x[i+k-1] w[k]", "x: n; w: 3; Y: n", "[i:n] x[i+k-1] w[k]"),
        ("Y[i] = x[2i+k] w[k]", "x: n; w: 3; Y: q", "[i:q] x[2i+k] w[k]"),
        ("Y[i] = x[i+k] w[k]", "x: n; w: q; Y: n - q + 1", "[i] x[i+k] w[k]"),
        ("Y[i,j] = A[i,k] B[k,j]", "A: m x p; B: p x n; Y: m x n", "[i,j] A[i,k] B[k,j]"),
        ("Y[i,j] = x[i+j] u[i]", "x: p; u: m; Y: m x n", "[i, j:n] x[i+j] u[i]"),
    ],
)
def test_answers_repeat_the_sizes_that_only_a_declaration_tells(
    text: str, shapes: str, expected: str
) -> None:
    """What is defined is not declared where an answer is read back."""
    declared = declarations(shapes)
    program = parse_program(f"{text}; sum(Y)", names=declared)

    found = infer(program, declared, rulebook=RULES)

    assert expected == render_text(implicit(found.printed.statements[0].value))


def test_an_axis_of_an_array_is_no_product_with_ones() -> None:
    """The text is the same; in LaTeX only a matrix has its sum along an axis written so."""
    declared = declarations("X: a x b x c; A: m x n")
    source = "s = sum(X, axis=1); t = sum(A, axis=1); sum(s) + sum(t)"
    found = infer(parse_program(source, names=declared), declared, rulebook=RULES)
    of_array, of_matrix, _ = found.printed.statements

    assert "sum(X, axis=1)" == render_text(of_array.value)
    assert r"\operatorname{sum}_{\mathrm{axis}=1}(X)" == latex(of_array.value)
    assert r"A \mathbf{1}" == latex(of_matrix.value)


def test_blocks_of_nothing_declared_stand_beside_declared_ones() -> None:
    """Each has the height of the one that it is beside, which is told."""
    declared = declarations("A: m x n; B: p x n")
    program = parse_program("||[A; B] x - [b; c]||^2", names=declared)

    found = infer(program, declared, rulebook=RULES)

    assert ("x: n", "b: m", "c: p") == found.assumptions
