"""Derivatives of any number of axes: in matrix notation, elementwise, or in the user's letters."""

import pytest

from dimderiv import derive
from dimderiv.errors import NotDifferentiableError

STRIDED = "Y[n,o,i,j] = X[n,c,2i+r-1,2j+s-1] W[o,c,r,s]; sum(G .* Y)"
IMAGES = "X: N x C x H x L; W: O x C x 3 x 3; G: N x O x P x Q"
ATTENTION = "S[b,i,j] = Q[b,i,d] K[b,j,d]; P = softmax(S, axis=j); O[b,i,d] = P[b,i,j] V[b,j,d]"
NORMED = (
    "m[c] = mean[n,h,l] X[n,c,h,l]; Z[n,c,h,l] = X[n,c,h,l] - m[c]; s[c] = sqrt(mean[n,h,l] "
    "Z[n,c,h,l]^2); sum(G[n,c,h,l] Z[n,c,h,l] / s[c])"
)
HEADS = "Q: B x N x D; K: B x M x D; V: B x M x D; G: B x N x D"


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes", "expected"),
    [
        ("sum(([i,j] A[i,k] B[k,j]) .* G)", "A", "", "G B'"),
        ("[k] x[i] T[k,i,j] y[j]", "x", "x: m; T: p x m x n; y: n", "[k,i] T[k,i,j] y[j]"),
        (STRIDED, "W", IMAGES, "[o, c, r:3, s:3] X[n,c,2i+r-1,2j+s-1] G[n,o,i,j]"),
        (STRIDED, "X", IMAGES, "[n, c, h:H, l:L] W[o,c,h-2i+1,l-2j+1] G[n,o,i,j]"),
        (
            "sum(G[b] .* inv(A[b]))",
            "A",
            "A: B x n x n; G: B x n x n",
            "[b,i,j] -(inv(A[b])' G[b] inv(A[b])')[i,j]",
        ),
        ("Y[n,c] = X[n,c] + b[c]; sum(G .* Y)", "b", "X: N x C; b: C", "sum(G', axis=1)"),
        ("sum(relu(X).^2 .* G)", "X", "X: N x C x H; G: N x C x H", "2 relu(X) .* G"),
        (
            "mean(-logsoftmax(X W)[i,y[i]])",
            "W",
            "X: N x d; W: d x C; y: N labels C",
            "X' (softmax(X W) - onehot(y)) / N",
        ),
        ("sum(G .* E[y,:])", "E", "E: V x d; y: N labels V; G: N x d", "onehot(y)' G"),
        (
            "sum(G .* b[y])",
            "b",
            "b: V; y: K x N x T labels V; G: K x N x T",
            "[v] G[i,j,k] onehot(y)[i,j,k,v]",
        ),
        (
            "mean(-logsoftmax(Z)[n,t,y[n,t]])",
            "Z",
            "Z: N x T x V; y: N x T labels V",
            "(softmax(Z, axis=2) - onehot(y)) / (N T)",
        ),
        (
            "sum(G .* S[z,:]'[y,:])",
            "G",
            "S: b x c; y: m labels c; z: n labels b; G: m x n",
            "S[z,:][:,y]'",
        ),
        (
            "||[H; A][y,:]||^2",
            "A",
            "A: 2 x p; H: (c-2) x p; y: n labels c",
            "2 onehot(y)[:, -2:]' ([H; A])[y,:]",
        ),
        ("sum(x[-2:].^2)", "x", "x: n", "2 [0 ones(n - 2, 1); x[-2:]]"),
        ("sum[k:4] x[k-1] y[k]", "y", "x: 3; y: 4", "[k:4] x[k-1]"),
        ("sum[k:m] x[k+n-m] y[k]", "y", "x: n; y: m", "[k:m] x[k+n-m]"),
        (
            "sum[b,i] (logsumexp[k] (min[c] E[c,b,i,k]))",
            "E",
            "E: N x M x Q x L",
            "T[b,i,k] = min[c] E[c,b,i,k]; "
            "[c,b,i,k] softmax(T, axis=k)[b,i,k] (E[c,b,i,k] <= min[j] E[j,b,i,k])",
        ),
        (
            "sum[a,b,i] (V[a,i,b] - Z[i,b+1]) x[a]",
            "x",
            "x: L; V: L x N x Q; Z: N x 5",
            "[a] sum[i,b] (V[a,i,b] - Z[i, b+1])",
        ),
        (
            "(sum[k,t,s:P] Y[(t s),k] W[t,(s k)]) (sum[k] V[k,a] S[2k+1])",
            "V",
            "V: Q x N; Y: (L P) x M; W: L x (P M); S: 9",
            "[k:Q, a:N] (sum[t, s:P, i] Y[(t s), i] W[t, (s i)]) S[2k+1]",
        ),
        ("||x[1:] - x[:-1]||^2", "x", "x: n", "r = x[1:] - x[:-1]; 2 ([0; r] - [r; 0])"),
        (
            "sum(exp(X)[1:, 0:k] .* G)",
            "X",
            "X: n x m",
            "[0 ones(1, m); G .* exp(X)[1:, :k], 0 ones(n - 1, m - k)]",
        ),
        ("exp(X)[0,1]", "X", "X: n x m", "[0, exp(X)[0,1], 0 ones(1, m - 2); 0 ones(n - 1, m)]"),
        ("sum(G .* reshape(X, N, C H))", "X", "X: N x C x H; G: N x (C H)", "reshape(G, N, C, H)"),
    ],
)
def test_a_derivative_is_written_as_it_is_best_read(
    expression: str, wrt: str, shapes: str, expected: str
) -> None:
    """Matrix notation where there is one, whole arrays entry by entry, or an index statement."""
    found = derive(expression, wrt, shapes=shapes or None, verify=False)

    assert expected == found.text()


def test_an_identity_has_a_number_for_letters_side_by_side() -> None:
    """`I[(l p), i]` would be read as an index that is a product of sizes."""
    shapes = "A: Q x M; C: N x (M Q)"
    found = derive("sum[j,c] A[c,r] sigmoid(C[j,(r c)])", "C", shapes=shapes, order=2, verify=False)

    assert "I[l Q+p, i] I[j,k]" in found.text()


def test_whole_intermediates_stay_elementwise() -> None:
    """What the softmax hands back is read as for matrices, with the axis that it runs along."""
    names = (
        derive(f"{ATTENTION}; sum(G .* O)", ["Q", "K", "V"], shapes=HEADS, verify=False)
        .text()
        .split("; ")
    )

    assert "dP[b,i,j] = V[b,j,d] G[b,i,d]" in names
    assert "dS = P .* (dP - sum(P .* dP, axis=j))" in names
    assert "dQ[b,i,d] = K[b,j,d] dS[b,i,j]" in names
    assert "dV[b,j,d] = P[b,i,j] G[b,i,d]" in names


def test_factors_stand_as_in_the_program() -> None:
    """What arrives from above stands last: what weights the value, or is handed down."""
    form = "[b,i,j] A[b,i,k] C[k,j]"
    shapes = "A: N x m x n; C: n x p"
    weighted = derive(
        f"Y{form.replace('] ', '] = ', 1)}; sum(G .* Y)", "C", shapes=shapes, verify=False
    )
    handed_down = derive(form, "C", shapes=shapes, upstream="G", verify=False)

    assert "[k,j] A[b,i,k] G[b,i,j]" == weighted.text() == handed_down.text()


def test_an_entry_is_0_outside_by_itself() -> None:
    """No ones say that places lie inside where an array beside them is asked for there."""
    found = derive("sum(exp(conv2(V, K)))", "V", shapes="V: H x L; K: k x l", order=2, verify=False)
    first = "[i:H, j:L, p:H, q:L] exp(conv2(V, K))[p-r, q-s]"

    assert f"{first} K[r,s] K[i-p+r, j-q+s]" == found.text()


def test_the_axes_of_the_value_come_first() -> None:
    """Then those of the variable, which keeps its letters where none of them is taken."""
    found = derive("[k] x[i] T[k,i,j] y[j]", "T", shapes="x: m; T: p x m x n; y: n", verify=False)

    assert "[k:p, l, i, j] x[i] y[j] I[k,l]" == found.text()
    assert "index" == found.form
    assert ["p", "p", "m", "n"] == [str(dim) for dim in found.derived.derivatives[("T",)].shape]


def test_an_axis_of_size_1_has_a_letter_too() -> None:
    """So that the derivative has the shape of its variable."""
    found = derive("sum(X[n,c,i] w[i])", "X", shapes="X: N x 1 x H; w: H", verify=False)

    assert "[n:N, c:1, i] w[i]" == found.text()


def test_no_layout_turns_more_axes() -> None:
    """Rows and columns are exchanged of matrices alone."""
    with pytest.raises(NotDifferentiableError, match="N x C x H has no layout") as caught:
        derive("sum(X)", "X", shapes="X: N x C x H", layout="numerator")

    assert caught.value.hint == 'the layout "mixed"'


def test_means_run_along_the_letters_of_what_defines_the_array() -> None:
    """Of batch normalisation, by the letters that the deviations have."""
    text = derive(NORMED, "X", shapes="X: N x C x H x L", verify=False).text()

    assert text.endswith("; dZ - mean(dZ, axis=(n, h, l))")


def test_an_entry_is_asked_for_along_its_own_letter() -> None:
    """An array that is indexed has the letters of its indices, whatever defines it."""
    program = "S[b,p,q] = Q[b,p,d] K[b,q,d]; sum(softmax(S, axis=p) .* G)"
    found = derive(program, "Q", shapes="Q: B x N x D; K: B x M x D", verify=False).text()

    assert "softmax(S, axis=p)[b,p,q]" in found
    assert "axis=1" not in found


def test_what_holds_stands_last() -> None:
    """As in matrix notation: `G .* (X > 0)`."""
    found = derive(
        "sum[n,i] max(X[n,2i], c[n]) G[n,i]", "X", shapes="X: N x H; G: N x P", verify=False
    )

    assert "[n, h:H] G[n,i] (X[n, 2i] > c[n]) I[h, 2i]" == found.text()
