"""What the search writes: symbols, operations inside and contexts outside, as data.

The shape of an operand is two letters, its rows and columns: `r` and `c` are those of the whole,
`d` and `e` are drawn, `1` is 1, and `m n p H W h l` are themselves.
"""

from typing import NamedTuple


class Form(NamedTuple):
    """A way to write an expression: its text, the shapes of its operands, and its own."""

    text: str
    operands: str = ""
    shape: str = "rc"


def forms(lines: str) -> tuple[Form, ...]:
    """A table of forms: text, operands and shape, between bars of their own."""
    found = []
    for line in lines.strip().splitlines():
        text, operands, *shape = (part.strip() for part in line.split("¦"))
        found.append(Form(text, operands, *shape))
    return tuple(found)


DIMS = ("m", "n", "p")
# Names, shapes and properties; the order is that in which they are preferred.
SYMBOLS = {
    "X": "m x n",
    "A": "m x n",
    "B": "n x p",
    "C": "p x m",
    "D": "p x n",
    "F": "n x n",
    "G1": "n x n",
    "M": "m x m",
    "E": "p x p",
    "S": "n x n symmetric",
    "P": "m x m spd",
    "L": "n x n lower",
    "U": "n x n upper",
    "R": "n x n diagonal",
    "Q": "n x n orthogonal",
    "Z": "n x n skew",
    "O": "p x n onehot",
    "T": "m x n probability",
    "A1": "m x n positive",
    "A2": "m x n binary",
    "V": "H x W",
    "K1": "h x l",
    "x": "n",
    "y": "m",
    "w": "p",
    "z": "n",
    "u": "m",
    "v": "n positive",
    "r": "1 x n",
    "q": "1 x m",
    "s": "1 x p",
    "a": "scalar",
    "b": "scalar",
    "t": "scalar positive",
}
FUNCTIONS = {"f": "n -> scalar", "g": "m x n -> scalar", "k": "scalar -> scalar"}
# Names that have a meaning elsewhere: in Python, in generated code, in the answer, in the language.
TRICKY = [
    "lambda",
    "Sigma",
    "theta",
    "dS",
    "dX",
    "dx",
    "X_dot",
    "I",
    "pi",
    "type",
    "np",
    "float",
    "blocks",
    "misfit",
    "value",
    "t1",
    "W_1",
    "x_hat",
    "N",
    "gradient",
    "scale",
    "out",
    "total_1",
    "Delta",
    "phi_2",
    "E_1",
    "S_T",
    "i",
    "j",
    "e",
    "vec1",
    "torch",
    "jnp",
    "xp",
    "G",
    "V1",
    "H1",
]

INNER = forms(
    """
    {}                                        ¦ rc
    {}'                                       ¦ cr
    {} {}                                     ¦ rd dc
    {} {} {}                                  ¦ rd de ec
    {} {}                                     ¦ 11 rc
    {} / {}                                   ¦ rc 11
    {} + {}                                   ¦ rc rc
    {} - {}                                   ¦ rc rc
    -{}                                       ¦ rc
    {} + {}                                   ¦ rc 11
    {} + {}                                   ¦ rc r1
    {} - {}                                   ¦ rc 1c
    {} + {}                                   ¦ r1 1c
    2 {} - 1                                  ¦ rc
    {} .* {}                                  ¦ rc rc
    {} .* {}                                  ¦ rc r1
    {} .* {}                                  ¦ rc 1c
    {} ./ (2 + {}.^2)                         ¦ rc rc
    {} ./ (2 + {}.^2)                         ¦ rc 1c
    1 ./ (1 + exp(-{}))                       ¦ rc
    {}.^2                                     ¦ rc
    {}.^3                                     ¦ rc
    (1 + {}.^2).^-0.5                         ¦ rc
    (2 + {}.^2).^{}                           ¦ rc 11
    2 .^ {}                                   ¦ rc
    exp({})                                   ¦ rc
    log(1 + {}.^2)                            ¦ rc
    sqrt(1 + {}.^2)                           ¦ rc
    sin({})                                   ¦ rc
    cos({})                                   ¦ rc
    tanh({})                                  ¦ rc
    sinh({})                                  ¦ rc
    arctan({})                                ¦ rc
    abs({})                                   ¦ rc
    sign({})                                  ¦ rc
    relu({})                                  ¦ rc
    sigmoid({})                               ¦ rc
    softplus({})                              ¦ rc
    logsigmoid({})                            ¦ rc
    erf({})                                   ¦ rc
    gelu({})                                  ¦ rc
    silu({})                                  ¦ rc
    max({}, {})                               ¦ rc rc
    min({}, {})                               ¦ rc 11
    max({}, {})                               ¦ rc 1c
    ({} > {}) .* {}                           ¦ rc rc rc
    softmax({})                               ¦ rc
    logsoftmax({})                            ¦ rc
    exp({0}) / sum(exp({0}))                  ¦ rc
    exp({0}) ./ sum(exp({0}), axis=0)         ¦ rc
    exp({0}) ./ sum(exp({0}), axis=1)         ¦ rc
    {0} - mean({0})                           ¦ rc
    {0} - mean({0}, axis=0)                   ¦ rc
    {0} - mean({0}, axis=1)                   ¦ rc
    {0} ./ sqrt(1 + sum({0}.^2, axis=1))      ¦ rc
    {0} / ||{0}||                             ¦ rc
    {0} - logsumexp({0}, axis=0)              ¦ rc
    {0} {0}' {0}                              ¦ rc
    {} diag({})                               ¦ rc c1
    diag({}) {}                               ¦ r1 rc
    {} {}                                     ¦ r1 1c
    ones({r}, 1) {}                           ¦ 1c
    ones({r}, {c}) - {}                       ¦ rc
    tril({})                                  ¦ rc
    triu({})                                  ¦ rc
    {} mean({})                               ¦ rc de
    {} max({})                                ¦ rc de
    {} k({})                                  ¦ rc 11
    {} tr({})                                 ¦ rc dd
    {} logdet({} {}' + I)                     ¦ rc de de
    sum({}, axis=1)                           ¦ rd    ¦ r1
    mean({}, axis=1)                          ¦ rd    ¦ r1
    max({}, axis=1)                           ¦ rd    ¦ r1
    logsumexp({}, axis=1)                     ¦ rd    ¦ r1
    diag({})                                  ¦ rr    ¦ r1
    {} / ||{}||                               ¦ r1 r1 ¦ r1
    inv({} + 4 I) {}                          ¦ rr r1 ¦ r1
    eigvec({0} {0}' + diag({1}))              ¦ rd r1 ¦ r1
    sum({}, axis=0)                           ¦ dc    ¦ 1c
    mean({}, axis=0)                          ¦ dc    ¦ 1c
    min({}, axis=0)                           ¦ dc    ¦ 1c
    logsumexp({}, axis=0)                     ¦ dc    ¦ 1c
    inv({} + 4 I)                             ¦ rr    ¦ rr
    {}^2                                      ¦ rr    ¦ rr
    {}^3                                      ¦ rr    ¦ rr
    ({} + 5 I)^-1                             ¦ rr    ¦ rr
    expm({} / 3)                              ¦ rr    ¦ rr
    dexpm({} / 3, {})                         ¦ rr rr ¦ rr
    dpower({}, 3, {})                         ¦ rr rr ¦ rr
    sylvester({} / 9 + 3 I, {} / 9 + 2 I, {}) ¦ rr dd rd ¦ rd
    lyap({} / 9 + 3 I, {})                    ¦ rr rr ¦ rr
    ({} / 9 + 3 I)^0.3                        ¦ rr    ¦ rr
    logm({} / 9 + 3 I)                        ¦ rr    ¦ rr
    dlogm({} / 9 + 3 I, {})                   ¦ rr rr ¦ rr
    sqrtm({} / 9 + 3 I)                       ¦ rr    ¦ rr
    ({} / 9 + 3 I)^{}                         ¦ rr 11 ¦ rr
    chol({0} {0}' + I)                        ¦ rd    ¦ rr
    chol({0} {0}' + diag({1}.^2 + 1))         ¦ rd r1 ¦ rr
    eigvals({0} {0}' + diag({1}))             ¦ rd r1 ¦ r1
    svdvals({} + 7 I)                         ¦ rr    ¦ r1
    svdvals({0} + diag({1}))                  ¦ rr r1 ¦ r1
    {} cond({} + 7 I)                         ¦ rc dd
    cumsum({}, axis=0)                        ¦ rc
    cumsum({}, axis=1)                        ¦ rc
    pinv({})                                  ¦ cr    ¦ rc
    polar({} + 3 I) .* {}                     ¦ rr rr ¦ rr
    {0} {0}'                                  ¦ rd    ¦ rr
    {0} + {0}'                                ¦ rr    ¦ rr
    {} + {} I                                 ¦ rr 11 ¦ rr
    {} .* I                                   ¦ rr    ¦ rr
    1 - {} .* I                               ¦ rr    ¦ rr
    diag({})                                  ¦ r1    ¦ rr
    diag(diag({}))                            ¦ rr    ¦ rr
    I - ones({r}, 1) {}                       ¦ 1r    ¦ rr
    I - {0} {0}' / ({0}' {0})                 ¦ r1    ¦ rr
    eye({r}) + {}                             ¦ rr    ¦ rr
    conv2({}, {})                             ¦ HW hl ¦ conv
    conv2({}, {})                             ¦ HW mn ¦ conv2
    conv2({}, diag({}))                       ¦ HW m1 ¦ conv3
    kron({}, {})                              ¦ rc de ¦ kron
    kron({}, {})                              ¦ r1 d1 ¦ kron
    kron(eye({r}), {})                        ¦ de    ¦ kron
    vec({})                                   ¦ rc    ¦ vec
    vec({})'                                  ¦ rc    ¦ vect
    ∇f({})                                    ¦ n1    ¦ n1
    ∇g({})                                    ¦ mn    ¦ mn
    """
)
# Contexts: the first operand is what is inside; `*` stands for a shape of any kind.
OUTER = forms(
    """
    {}                                        ¦ rc
    ||{}||^2                                  ¦ rc
    ||{}||                                    ¦ rc
    ||{}||_1                                  ¦ rc
    sum({})                                   ¦ rc
    mean({}.^2)                               ¦ rc
    sum({}.^2, axis=0)                        ¦ rc
    sum({}, axis=1)                           ¦ rc
    tr({}' {})                                ¦ rc rc
    tr({0}' {0})                              ¦ rc
    tr({})                                    ¦ rr
    tr({} {})                                 ¦ rc cr
    diag({})                                  ¦ rr
    {} diag({}')                              ¦ rr 1r
    diag({0} {0}')                            ¦ rc
    {}                                        ¦ r1
    {} {}                                     ¦ rc c1
    {}' {}                                    ¦ rc r1
    {1} {0}                                   ¦ rc 1r
    {1}' {0} {2}                              ¦ rc r1 c1
    {1}' {0} {1}                              ¦ rr r1
    softmax({})                               ¦ rc
    sum({1} .* softmax({0}))                  ¦ rc rc
    logsumexp({})                             ¦ rc
    sum(logsumexp({}, axis=0).^2)             ¦ rc
    sum(exp({}))                              ¦ rc
    {} + {}                                   ¦ rc 11
    sum(({} + {}).^2, axis=0)                 ¦ rc 11
    diag(({0} + {1})' ({0} + {1}))            ¦ rc 11
    ||{} + {}||^2                             ¦ rc 1c
    ||{} - {}||^2                             ¦ rc r1
    {} .* {}                                  ¦ rc 1c
    {} ./ (2 + {}.^2)                         ¦ rc r1
    sum({1} .* {0})                           ¦ rc rc
    det({} + 3 I)                             ¦ rr
    logdet({0} {0}' + I)                      ¦ rc
    g({})                                     ¦ mn
    k(sum({}))                                ¦ rc
    f({}')                                    ¦ 1n
    f({})                                     ¦ n1
    tr(inv({} + 4 I) {})                      ¦ rr rr
    max({})                                   ¦ rc
    vec({})' vec({})                          ¦ rc rc
    eigmax({0}' {0})                          ¦ rc
    eigmin({0}' {0})                          ¦ rc
    ||{} + 7 I||_*                            ¦ rr
    cross_entropy({}, {})                     ¦ mn TT
    cross_entropy({}, {})                     ¦ pn OO
    sum(tril({}))                             ¦ rc
    {0} tr({1})                               ¦ rc rr
    T0 = {0}; sum(T0.^2) + {1}' T0 {2}        ¦ rc r1 c1
    T0 = {0}; T1 = tanh(T0); ||T1 - {1}||^2   ¦ rc rc
    """
)
