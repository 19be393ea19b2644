"""Shapes of whole programs: what is inferred, what is assumed, and what does not conform."""

import sys
from collections.abc import Callable
from functools import partial
from types import FrameType

import pytest

from dimderiv.errors import LimitError, ShapeError, UnknownNameError
from dimderiv.infer.typed import Typed, infer
from dimderiv.language.declarations import read_shapes
from dimderiv.language.parser import parse_program
from dimderiv.language.syntax import Entry, Name, Program, Statement, Tree, children
from dimderiv.language.vocabulary import BUILTIN_FUNCTIONS
from dimderiv.rulebook.rule import Rule
from dimderiv.rulebook.rulebook import Rulebook, load_rules

RULES = load_rules()


def typed(text: str, shapes: str = "", *wrt: str, rulebook: Rulebook = RULES) -> Typed:
    """The program that a text is, with its shapes."""
    declared = read_shapes(shapes)
    sizes = {name for found in declared.values() for dim in found.shape for name in dim.names}
    functions = rulebook.functions | BUILTIN_FUNCTIONS
    program = parse_program(text, names={*declared, *sizes}, functions=functions)
    return infer(program, declared, rulebook=rulebook, wrt=wrt)


def nodes(found: Typed) -> list[Tree]:
    """Every node of a program, from left to right."""
    stack = [statement.value for statement in reversed(found.program.statements)]
    listed = []
    while stack:
        node = stack.pop()
        listed.append(node)
        stack.extend(reversed(children(node)))
    return listed


@pytest.mark.parametrize(
    ("text", "shapes", "expected"),
    [
        ("A B", "A: m x n; B: n x p", "m x p"),
        ("x' A x", "A: n x n; x: n", "scalar"),
        ("K(m, n)", "", "(m n) x (m n)"),
        ("K(m, n) vec(X)", "X: m x n", "(m n)"),
        ("kron(B', A) K(p, n)", "A: m x n; B: p x q", "(m q) x (n p)"),
        ("K(2, 3) + I", "", "6 x 6"),
        ("K commutation(4, 2)", "K: p x 8", "p x 8"),
        ("vec(X) vec(I)' + K(n, n)", "X: n x n", "(n n) x (n n)"),
        ("vec(I) + ones(9, 1)", "", "9"),
        ("4 x vec(I)' + 1 + ones(2, 4 m m)", "x: 2", "2 x (4 m m)"),
        ("K(1, 1)", "", "scalar"),
        ("K(n + 1, 2)'", "", "(2 n + 2) x (2 n + 2)"),
        ("[(i:m, k:p), j:n] A[i,j] x[k]", "A: m x n; x: p", "(m p) x n"),
        ("[(i:m, k:p)] x[i] y[k]", "x: m; y: p", "(m p)"),
        ("[j:2, (i:3, k:4)] 1", "", "2 x 12"),
        ("2 ([(i:m, k:p), (j:n, l:q)] A[i,j] B[k,l])'", "A: m x n; B: p x q", "(n q) x (m p)"),
        ("x x'", "x: n", "n x n"),
        ("x + y'", "x: m; y: n", "m x n"),
        ("X W + b", "X: N x D; W: D x C; b: 1 x C", "N x C"),
        ("max(X W, b)", "X: N x D; W: D x C; b: 1 x C", "N x C"),
        ("1 - Y", "Y: N x C", "N x C"),
        ("0.3 I + x x'", "x: n", "n x n"),
        ("X > x'", "X: m x n; x: n", "m x n"),
        ("x ./ sum(x)", "x: n", "n"),
        ("sum(X, axis=0)", "X: m x n", "1 x n"),
        ("mean(X, axis=1)", "X: m x n", "m"),
        ("logsumexp(X)", "X: m x n", "scalar"),
        ("softmax(X)", "X: m x n", "m x n"),
        ("||X||_* + ||X||_1 + ||X||", "X: m x n", "scalar"),
        ("cross_entropy(S, Y)", "S: m x n; Y: m x n onehot", "scalar"),
        ("kron(A, B)", "A: m x n; B: p x q", "(m p) x (n q)"),
        ("kron(a, B)", "a: m; B: p x q", "(m p) x q"),
        ("conv2(V, K)", "V: H x W; K: P x Z", "(H - P + 1) x (W - Z + 1)"),
        ("conv2(V, K)", "V: 6 x 7; K: 2 x 4", "5 x 4"),
        ("conv2(V, V)", "V: 6 x 7", "scalar"),
        ("vec(X)", "X: m x n", "(m n)"),
        ("diag(x)", "x: n", "n x n"),
        ("diag(A)", "A: n x n", "n"),
        ("diag(x')", "x: n", "n x n"),
        ("pinv(X)", "X: m x n", "n x m"),
        ("inv(A)' b", "A: n x n; b: n", "n"),
        ("A^-1 + A^2", "A: n x n", "n x n"),
        ("x.^a", "x: n; a: scalar", "n"),
        ("(x' y)^(1/2)", "x: n; y: n", "scalar"),
        ("ones(m, n) + eye(m) ones(m, 1)", "", "m x n"),
        ("eye(m, m) A", "A: m x n", "m x n"),
        ("ones(2 n - 1, 1)", "x: n", "(2 n - 1)"),
        ("log(s + vector(1))", "s: n", "n"),
        ("X + matrix(2)", "X: m x n", "m x n"),
        ("x / tr(x' x)", "x: n", "n"),
        ("N sum(x) / pi", "x: N", "scalar"),
        ("[i:m, j:n] A[i,k] B[k,j] + C[i,j]", "A: m x p; B: p x n; C: m x n", "m x n"),
        ("[o:H-K+1] V[o+k] K[k] t", "V: H; K: K; t: scalar", "(H - K + 1)"),
        ("[i:m, j:m, k:n] I[i,j] x[k]", "x: n", "m x m x n"),
        ("[i:m] A[i]", "A: m x n", "m x n"),
    ],
)
def test_shape_of_the_value(text: str, shapes: str, expected: str) -> None:
    """With every symbol declared, nothing is assumed and the value has the shape it should."""
    found = typed(text, shapes)

    assert expected == str(found.value)
    assert () == found.assumptions or "cross_entropy" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("||Xw - y||^2", "X: m x n; w: n; y: m"),
        ("x' A x", "x: n; A: n x n"),
        ("sum(exp(AX + B))", "A: m x n; X: n x p; B: m x p"),
        ("lambda x' x", "lambda: scalar; x: n"),
        ("(x - mu)' inv(Sigma) (x - mu)", "x: n; mu: n; Sigma: n x n"),
        ("2 x", "x: n"),
        ("lambda x", "lambda: scalar; x: n"),
        ("x^2", "x: scalar"),
        ("a^b", "a: scalar; b: scalar"),
        ("k / det(X)", "k: scalar; X: n x n"),
        ("(a - x' b)^2", "a: scalar; x: n; b: n"),
        ("expm(t A)", "t: scalar; A: n x n"),
        ("sin(t) A B x", "t: scalar; A: m x n; B: n x p; x: p"),
        ("s^2 exp(-0.5 sum((x - y).^2 ./ l.^2))", "s: scalar; x: n; y: n; l: n"),
        ("0.5 ||w||^2 + c*sum(relu(1 - y .* (X w)))", "w: m; c: scalar; y: n; X: n x m"),
        ("log(sum(exp(k (A' x + b))))", "k: scalar; A: m x n; x: m; b: n"),
        ("log(abs(1 + (u' w) (1 - tanh(w' z + b)^2)))", "u: n; w: n; z: n; b: scalar"),
        ("c d sum(x)", "c: scalar; d: scalar; x: n"),
        ("-c sum(x) / det(A)", "c: scalar; x: m; A: n x n"),
        ("exp(-0.5 x' x) x", "x: n"),
        ("||(s' x) z - y||^2", "s: m; x: m; z: n; y: n"),
        ("X W + b", "X: m x n; W: n x p; b: 1 x p"),
        ("S = X + b; sum(S) + sum(b M)", "X: m x n; b: 1 x n; M: n x p"),
        ("S = X + b; sum(S b') + sum(b M)", "X: m x n; b: 1 x n; M: n x p"),
        ("h = sigmoid(x W + b); sum(h)", "x: 1 x m; W: m x n; b: 1 x n"),
        ("tr(I - A)^2", "A: n x n"),
        ("inv(X' X + lambda I) X'", "X: m x n; lambda: scalar"),
        ("X = Z + Z' - Z .* I; tr(A X)", "Z: n x n; A: n x n"),
        ("I x + x", "x: n"),
        ("tr(kron(A, B))", "A: m x m; B: n x n"),
        ("sum(G .* conv2(V, K))", "G: (m - n + 1) x (p - q + 1); V: m x p; K: n x q"),
        ("a = x - ones(n,1) (ones(1,n) x); a' a", "x: n"),
        ("sum(log(exp(-y.*(X*w)) + vector(1)))", "y: m; X: m x n; w: n"),
        ("m x + n", "m: scalar; x: p; n: p"),
        ("[i:m, j:n] A[i,k] B[k,j]", "A: m x p; B: p x n"),
    ],
)
def test_shapes_are_inferred(text: str, expected: str) -> None:
    """What is not declared gets the kind of its letter, or the nearest kind that conforms."""
    assert expected == "; ".join(typed(text).assumptions)


@pytest.mark.parametrize(
    ("text", "shapes", "expected"),
    [
        ("X w - y", "X: N x D", "w: D; y: N"),
        ("A z", "A: m x n", "z: n"),
        ("X b + b", "X: m x n", "b: scalar"),
        ("G .* kron(A, B)", "G: 6 x 6; A: 2 x 3", "B: 3 x 2"),
        ("G .* conv2(V, K)", "G: H x W; K: 3 x 3", "V: (H + 2) x (W + 2)"),
        ("Y = A X; sum(Y)", "Y: m x n", "A: m x p; X: p x n"),
        ("kron(A, X) - kron(X, A)", "A: m x m", "X: n x p"),
        ("x' y", "x: 3", "y: 3"),
    ],
)
def test_declared_sizes_spread(text: str, shapes: str, expected: str) -> None:
    """A declared size is passed on to what must have the same one, and reported there."""
    assert expected == "; ".join(typed(text, shapes).assumptions)


def test_rows_that_sum_to_1_are_an_assumption() -> None:
    """The target of a cross-entropy is taken to be a distribution, unless it is declared one."""
    found = typed("cross_entropy(X W, Y)", "X: N x D; W: D x C; Y: N x C")
    plain = typed("cross_entropy(X W, Y)", "X: N x D; W: D x C; Y: N x C onehot")
    vector = typed("cross_entropy(z, y)", "y: n; z: n")
    computed = typed("Q = softmax(T); cross_entropy(S, Q)", "S: m x n; T: m x n")

    assert ("rows of Y sum to 1",) == found.assumptions
    assert {"probability"} == found.symbols["Y"].properties
    assert () == plain.assumptions
    assert ("y sums to 1",) == vector.assumptions
    assert () == computed.assumptions


def test_the_last_corrections_leave_nothing_behind() -> None:
    """Going back over statements forgets the symbols and definitions they introduced."""
    found = typed("h = x' W + v; k = 2 h; c h + t k + c^2 + ||v||")

    assert ["x", "W", "v", "c", "t"] == list(found.symbols)
    assert ["h", "k"] == list(found.definitions)


def test_every_node_has_a_shape() -> None:
    """Sizes in brackets and indices have shapes as well, for whoever walks the whole tree."""
    found = typed("Y = ones(m, 1) + cross_entropy(S, T); [i:m] 2 Y[i] B[i+0, k] v[k]")

    assert all(found.shape(node) is not None for node in nodes(found))
    assert {"scalar"} == {str(found.shape(n)) for n in nodes(found) if isinstance(n, Entry)}


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("A - 2 I", "A: n x n"),
        ("tr(I - A)", "A: n x n"),
        ("inv(I + A A)", "A: n x n"),
        ("I x", "x: n"),
        ("x' I", "x: n"),
        ("A .* I", "A: n x n"),
        ("cross_entropy(A, I)", "A: n x n"),
        ("3 (2 I)' A^2", "A: n x n"),
        ("[i:n, j:n] I[i,j] t", "t: scalar"),
    ],
)
def test_the_identity_has_the_size_of_its_surroundings(text: str, shapes: str) -> None:
    """`I` and its multiples are square, and as large as what they are combined with."""
    found = typed(text, shapes)

    identities = [node for node in nodes(found) if node == Name("I")]
    assert {"n x n"} == {str(found.shape(node)) for node in identities}


def test_what_a_name_means() -> None:
    """A declared symbol comes before a definition, the identity, pi and the name of a size."""
    found = typed("Y = 2 x; I Y + pi n m + 0 k", "x: n; m: n; k: n; p: m")
    declared = typed("I x + pi", "I: m x n; x: n; pi: m")

    names = ["x", "Y", "I", "pi", "n", "m", "k"]
    expected = ["symbol", "definition", "identity", "pi", "size", "symbol", "symbol"]
    assert expected == [found.meaning(name) for name in names]
    assert ["symbol", "symbol"] == [declared.meaning(name) for name in ("I", "pi")]


def test_a_tree_without_a_text_is_typed() -> None:
    """A program that was built rather than read needs no source, for errors neither."""
    program = Program((Statement("Y", Name("A")), Statement(None, Entry(Name("Y"), (Name("i"),)))))

    with pytest.raises(ShapeError, match="i is no letter here, no labels and no size"):
        infer(program, {}, rulebook=RULES)
    assert "n" == str(infer(Program((Statement(None, Name("x")),)), {}, rulebook=RULES).value)


def test_an_unknown_node_has_no_shape() -> None:
    """Nodes are known by identity, so an equal node from elsewhere is not one of them."""
    with pytest.raises(KeyError):
        typed("x").shape(Name("x"))


def test_greek_variables_may_be_given_as_letters() -> None:
    """λ and lambda are the same name."""
    assert "lambda" in typed("lambda x", "", "λ").symbols


@pytest.mark.parametrize(
    "text",
    [
        "ones(0, n)",
        "ones(n - n, 1)",
        "ones(2.5, 1)",
        "ones(3)",
        "eye(2, 3)",
        "eye(1, 2, 3)",
        "vector(1, 2)",
        "x + vector(x)",
        "[i:m] (x y')[i,i,i]",
        "[i:m] (2 x)[i,j,k]",
        "ones(1,2,axis=0)",
    ],
)
def test_sizes_and_constants_are_checked(text: str) -> None:
    """Constants take sizes, a positive number of entries, and nothing else."""
    with pytest.raises(ShapeError):
        typed(text)


def test_a_written_size_has_a_limit() -> None:
    """A size in the text has the limit of a declared one."""
    with pytest.raises(LimitError):
        typed("ones(1000001, 1)")


def test_a_function_without_a_rule_is_named() -> None:
    """What the rules lack is refused, with the nearest name that they have."""
    program = parse_program("sigmod(x)", functions={"sigmod"})

    with pytest.raises(UnknownNameError) as caught:
        infer(program, {}, rulebook=RULES)
    assert "sigmod is not a known function" == caught.value.message
    assert "sigmoid(...)" == caught.value.hint


def rulebook_with(
    name: str, signature: str, definition: str = "", kind: str = "composite"
) -> Rulebook:
    """The built-in rules and one more."""
    arguments = tuple(part.strip()[0] for part in signature.split("->")[0].split(",") if part)
    rule = Rule(name, kind, signature, arguments, definition)  # type: ignore[arg-type]
    return Rulebook({**RULES.rules, name: rule})


def test_a_users_own_rule_may_have_the_name_of_the_commutation_matrix() -> None:
    """What it is called with is no size then."""
    rulebook = rulebook_with("K", "A, B -> Y", "sum(A) sum(B)")
    found = typed("K(x, y)", rulebook=rulebook)

    assert "x: m; y: n" == "; ".join(found.assumptions)
    assert found.value.is_scalar


def test_a_users_own_rule_has_a_shape() -> None:
    """A composite rule has the shape of its definition, a product that of its letters."""
    composite = rulebook_with("gram", "A -> Y", "A' A + I")
    product = rulebook_with("last", "v[i] -> Y[i]", kind="product")

    assert "n x n" == str(typed("gram(X)", "X: m x n", rulebook=composite).value)
    assert "n" == str(typed("last(x)", "x: n", rulebook=product).value)
    with pytest.raises(ShapeError, match=r"last\(X\) takes a vector: X is m x n"):
        typed("last(X)", "X: m x n", rulebook=product)


def test_a_rule_uses_only_its_arguments() -> None:
    """A rule that mentions other names, or itself, is refused rather than followed."""
    with pytest.raises(UnknownNameError, match="the rule f uses c, which is none"):
        typed("f(x)", "c: n; x: n", rulebook=rulebook_with("f", "A -> Y", "A + c"))
    with pytest.raises(LimitError, match="the rule loop is defined by itself"):
        typed("loop(x)", rulebook=rulebook_with("loop", "A -> Y", "loop(A) + 1"))


def layers(count: int, layer: str) -> str:
    """A net in which each layer is written in the same way, from the one before."""
    lines = [layer.format(i=i, h="x" if i == 1 else f"h{i - 1}") for i in range(1, count + 1)]
    return "; ".join([*lines, f"sum(h{count})"])


@pytest.mark.parametrize(
    "layer",
    ["h{i} = relu(W{i} {h} + b{i})", "h{i} = relu(t{i} W{i} {h})", "h{i} = W{i} (t{i} {h})"],
)
def test_a_deep_net_takes_no_search(layer: str) -> None:
    """Twice the layers are at most four times the work, if each needs a symbol of another kind."""
    few, many = (calls(partial(typed, layers(count, layer))) for count in (150, 300))

    assert many < 4 * few


def calls(work: Callable[[], object]) -> int:
    """How many functions some work calls, which is the same on every machine."""
    count = 0

    def profile(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def test_a_net_of_a_thousand_layers_is_inferred() -> None:
    """Every symbol has a shape."""
    assert 2001 <= len(typed(layers(1000, "h{i} = relu(W{i} {h} + b{i})")).symbols)


def test_kinds_that_cannot_be_found_are_asked_for() -> None:
    """The search is bounded; what it cannot settle must be declared."""
    letters = "abcdefghjklmnopqrstuvwxyz"
    text = " + ".join(f"{a} {b}" for a in letters for b in letters if a < b)

    with pytest.raises((LimitError, ShapeError)):
        typed(f"{text} + ({text}) A + 1 / (A B x) + tr(A)")


def test_ambiguous_scalars_are_settled_quickly() -> None:
    """Either factor of each product may be the scalar, which is no reason to try all ways."""
    pairs = zip("abcdefgh", "stuvwxyz", strict=True)
    found = typed(" + ".join(f"{a} {b}" for a, b in pairs))

    scalars = [name for name, known in found.symbols.items() if known.shape.is_scalar]
    assert 8 == len(scalars)
    assert found.value.is_column


@pytest.mark.parametrize("layers", [100, 400])
@pytest.mark.parametrize("layer", ["A_{k} X_{j} + b_{k}", "tanh(A_{k} X_{j} + b_{k})"])
@pytest.mark.parametrize(
    "declared",
    [
        "",
        "X_0: n x p",
        "X_{k}: n x p",
        "A_{k}: n x n; b_{k}: n",
        "A_{k}: n{k} x n{j}",
        "b_{k}: 1 x p",
    ],
)
def test_long_chains_conform(layers: int, layer: str, declared: str) -> None:
    """Some hundred named layers, all of them declared, some or none."""
    chain = [f"X_{k} = {layer.format(k=k, j=k - 1)}" for k in range(1, layers + 1)]
    shapes = dict.fromkeys(declared.format(k=k, j=k - 1) for k in range(1, layers + 1))
    found = typed("; ".join([*chain, f"sum(X_{layers}.^2)"]), "; ".join(shapes))

    assert found.value.is_scalar
    assert layers == len(found.definitions)
