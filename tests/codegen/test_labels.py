# mypy: disable-error-code="no-untyped-call"
"""Labels in code: products with one-hot matrices that are never written."""

from fractions import Fraction

import pytest
from tensors import array, assert_computed, letters

from dimderiv import derive
from dimderiv.codegen.targets import TARGETS
from dimderiv.graph.nodes import Node, apply_function
from dimderiv.graph.sums import total
from dimderiv.language.declared import Declaration
from dimderiv.language.shapes import Dim, Shape

SIZES = {"N": 5, "T": 2, "C": 4, "d": 3}
N, C = Dim.of("N"), Dim.of("C")
y, S, E, G, g = (
    array(name, *axes)
    for name, axes in (("y", "N"), ("S", "NC"), ("E", "Cd"), ("G", "Nd"), ("g", "N"))
)
z, Z, F, f = (
    array(name, *axes) for name, axes in (("z", "NT"), ("Z", "NTC"), ("F", "NTd"), ("f", "NT"))
)
H = apply_function("onehot", (y,), (N, C))
P = apply_function("softmax", (S,), S.axes, (1,))
Q = apply_function("softmax", (Z,), Z.axes, (2,))
K = apply_function("onehot", (z,), (*z.axes, C))
DECLARED = {each.name: Declaration(Shape.of(each.axes)) for each in (S, E, G, g, Z, F, f)}
DECLARED["y"] = Declaration(Shape.of(y.axes), labels=C)
DECLARED["z"] = Declaration(Shape.of(z.axes), labels=C)
PLACES = "[np.arange(N)[:, None], np.arange(T), z]"
LINES: dict[str, tuple[Node, str, str]] = {
    "one of each row": (letters("ic,ic->i", S, H), "Sy", "return S[np.arange(N), y]"),
    "rows": (letters("ic,cd->id", H, E), "Ey", "return E[y]"),
    "rows added up": (letters("ic,id->cd", H, G), "GyE", "return put(G, y, (), C)"),
    "counts": (letters("ic->c", H), "Sy", "return put(np.ones(N, S.dtype), y, (), C)"),
    "one to each row": (letters("ic,i->ic", H, g), "gyS", "return put(g, y, (0,), C)"),
    "itself": (H, "Sy", "return put(np.ones(N, S.dtype), y, (0,), C)"),
    "less": (total([(Fraction(1), P), (Fraction(-1), H)], S.axes), "Sy", "[np.arange(N), y] -= 1"),
    "less than given": (total([(Fraction(1), S), (Fraction(-2), H)], S.axes), "Sy", "S.copy()"),
    "less weights": (
        total([(Fraction(1), P), (Fraction(-1), letters("ic,i->ic", H, g))], S.axes),
        "Syg",
        "[np.arange(N), y] -= g",
    ),
    "one of each token": (letters("ntc,ntc->nt", Z, K), "Zz", f"return Z{PLACES}"),
    "rows for tokens": (letters("ntc,cd->ntd", K, E), "Ez", "return E[z]"),
    "rows added up over tokens": (letters("ntc,ntd->cd", K, F), "FzE", "return put(F, z, (), C)"),
    "one label for all of a sequence": (letters("ntc,nc->nt", Z, H), "Zy", "np.arange(N), "),
    "rows added up in each sequence": (letters("ntc,nt->nc", K, f), "fzE", "put(f, z, (0,), C)"),
    "less for tokens": (
        total([(Fraction(1), Q), (Fraction(-1), K)], Z.axes),
        "Zz",
        f"{PLACES} -= 1",
    ),
    "less weights for tokens": (
        total([(Fraction(1), Q), (Fraction(-1), letters("ntc,nt->ntc", K, f))], Z.axes),
        "Zzf",
        f"{PLACES} -= f",
    ),
}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("node", "names", "line"), LINES.values(), ids=LINES)
def test_labels_are_indices(node: Node, names: str, line: str, target: str) -> None:
    """What a one-hot matrix is multiplied by is taken, or put where the labels say."""
    code = assert_computed([node], {name: DECLARED[name] for name in names}, SIZES, target)

    assert target != "numpy" or line in code


@pytest.mark.parametrize(
    ("expression", "wrt"),
    [
        ("sum(G .* [A; D][y,:])", "A,D,G"),
        ("sum(G .* E[3:,:][y,:])", "E"),
        ("(S .* onehot(y))[:, 3:] d", "S"),
        ("sum(g .* (e .* [a; d])[y])", "a,e"),
        ("(onehot(w)[:, 1:] (onehot(y)[1:, 3:] d))' u", "d,u"),
    ],
)
def test_letters_choose_some_of_the_places_of_labels(expression: str, wrt: str) -> None:
    """What is put at the labels, or taken there, is as long as the labels say, and then a part."""
    shapes = (
        "A: 3 x n; D: 4 x n; E: 10 x n; G: N x n; S: N x 7; a: 3; d: 4; e: 7; g: N; u: M; "
        "y: N labels 7; w: M labels N"
    )
    derivation = derive(expression, wrt, shapes=shapes)
    derivation.code("numpy", value=True)

    assert all(check.entries > 1 for check in derivation.code_checks.values())


@pytest.mark.parametrize("target", TARGETS)
def test_sorting_is_undone_by_ranks(target: str) -> None:
    """The one-hot matrices of ranks are those of a permutation of each row."""
    ranks = apply_function("rank", (S,), S.axes, (1,))
    places = apply_function("onehot", (ranks,), (N, C, C))
    ordered = apply_function("sort", (S,), S.axes, (1,))
    D = array("D", "N", "C")
    back = letters("rkc,rc->rk", places, D)
    declared = {"S": DECLARED["S"], "D": DECLARED["S"]}
    code = assert_computed([ordered, back], declared, SIZES, target)

    assert "taken(D, S.arg" in code or target == "array_api"


def test_entries_are_taken_first_at_labels_whose_rows_are_taken() -> None:
    """A row that labels choose may be one that others choose: code that disagrees is withheld."""
    shapes = "B: c x p; y: n labels c; z: c labels c"
    found = derive("||max(0, B[z, :])[y, :]||^2", "B", shapes=shapes).hvp("V")

    assert "V[z][y]" in found.code()


def test_a_number_among_factors_is_no_part_of_a_shared_product() -> None:
    """Entries that all lie outside of their array are one number."""
    found = derive(
        "[b,j:2,c:M,a] T[c] tanh(C[a,j-2]) T[b]", "T", shapes="T: M; C: P x 5", upstream="G"
    )

    assert "tanh" in found.code()
