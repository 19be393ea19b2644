r"""What LaTeX's commands and signs are: the same under other names, fonts, and what is refused.

Each table is a text: what stands before a colon is what the words after it are.
"""

from collections.abc import Mapping

from dimderiv.language import GREEK_NAMES


def _table(text: str) -> Mapping[str, str]:
    """From each word to what it is."""
    rows = (line.split(":", 1) for line in text.strip().splitlines())
    return {word: meaning.strip() for meaning, words in rows for word in words.split()}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Commands that are the same as another one, or as a sign.
SPELLINGS = _table(r"""
    epsilon: varepsilon
    theta: vartheta
    phi: varphi
    rho: varrho
    sigma: varsigma
    kappa: varkappa
    pi: varpi
    frac: tfrac dfrac cfrac
    top: intercal
    prime: rprime
    odot: circ bullet
    *: ast
    le: leq leqslant
    ge: geq geqslant
    ne: neq
    <: lt
    >: gt
    (: lparen lbrace
    ): rparen rbrace
    [: lbrack
    ]: rbrack
    |: vert mid
    ||: Vert parallel
    l|: lvert
    r|: rvert
    l||: lVert
    r||: rVert
    =: coloneqq triangleq doteq equiv
    hat: widehat
    bar: overline
    tilde: widetilde
""")
# Characters that stand for a command or a sign.
CHARACTERS = _table("""
    odot: ⊙ ∘
    oslash: ⊘
    otimes: ⊗
    cdot: · ⋅
    times: ×
    top: ⊤ ᵀ
    prime: ′ ’
    langle: ⟨
    rangle: ⟩
    in: ∈
    le: ≤
    ge: ≥
    ne: ≠
    sum: ∑
    prod: ∏
    -: − –
    ||: ‖ ∥
""")
SIGNS = _table(r"""
    ||: \| ||
    (: \{
    ): \}
    =: :=
""")
# Braces that are seen, which are brackets, and those of a set.
CURLY = frozenset({r"\{", r"\}", "lbrace", "rbrace"})
# The marks over a letter, and what they make of its name.
ACCENTS: Mapping[str, str] = {"hat": "hat", "bar": "bar", "tilde": "tilde", "dot": "dot"}
FONTS = _table("""
    bold: mathbf bm boldsymbol pmb bold symbf vec
    double: mathbb mathds
    script: mathcal mathscr mathfrak
    : underline mathnormal
""")
# Commands whose letters are a word; one letter alone is a symbol.
WORDS = _words("""
    text textrm textbf textit textsf texttt mbox mathrm mathsf mathtt mathit operatorname
    operatorname* mathop
""")
SWITCHES: Mapping[str, str] = {"bf": "bold", "cal": "script"}
SIZED = _words("""
    left right middle bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm big Big bigg
    Bigg
""")
DROPPED = _words("""
    displaystyle textstyle scriptstyle limits nolimits nonumber notag hfill allowbreak
    mathstrut thinspace medspace thickspace negthinspace enspace
""")
GAPS = frozenset({"quad", "qquad"})
LABELS = frozenset({"label", "tag", "tag*", "color"})
BRACES = frozenset({"underbrace", "overbrace", "boxed"})
# Environments of lines, and those of matrices.
LINES = _words("""
    equation align aligned alignat gather gathered split multline eqnarray displaymath
    math
""")
MATRICES = frozenset({"bmatrix", "pmatrix", "matrix", "Bmatrix", "smallmatrix"})
GREEK = frozenset(GREEK_NAMES)
# Words between formulas, and words that say what is not read.
SEPARATING = frozenset({"where", "with", "and", "let", "given"})
REFUSED = _table(r"""
    an integral: int iint iiint oint
    a limit: lim limsup liminf
    a supremum or an infimum: sup inf
    an argument of an optimum: arg argmin argmax
    an infinite number: infty
    a derivative: partial nabla differential
    a row of dots: ldots cdots dots dotsc dotsb vdots ddots
    an expectation: EE Exp
    a probability: Pr Prob
    a variance: Var Cov Std
    the rank of a matrix: rank rk
    a divergence: KL
    a distribution: sim
    an approximation: approx simeq propto cong
    an arrow: to mapsto rightarrow leftarrow gets Rightarrow implies iff longrightarrow
    two signs at once: pm mp
    an operation on sets: cup cap subset subseteq setminus notin emptyset
    a quantifier: forall exists
    a constraint: s.t. st subject succ succeq prec preceq
    an optimum: minimize maximize minimise maximise
    a case distinction: cases if otherwise
    a direct sum: oplus bigoplus
    a binomial coefficient: binom
""")
# What to write instead, by what is refused.
INSTEAD: Mapping[str, str] = {
    "a derivative": 'the function alone; what it is differentiated by is --wrt w, or wrt="w"',
    "an argument of an optimum": 'the function alone; what is optimized is --wrt w, or wrt="w"',
    "a constraint": "the function without its constraints",
    "an expectation": r"\frac{1}{N} \sum_{i=1}^{N} for the mean over samples",
    "a row of dots": r"\sum_{i=1}^{n} for a sum, or \prod_{i=1}^{n} for a product",
    "a limit": "its value",
    "a norm of another kind": r"\|x\|, \|x\|_1, \|x\|_p, \|x\|_\infty, \|X\|_F or \|X\|_*",
    "Kronecker's delta": r"I_{i,j} for the entries of the identity, or declare delta",
    "a norm or absolute values": r"\|\mathbf{x}\|, or \operatorname{abs}(\mathbf{x})",
    "a power of a vector": r"\|\mathbf{x}\|^2, or \mathbf{x}^{\circ 2} for each entry",
    "an inner product of another kind": r"x^\top A y",
    "an optimum": 'the function alone; what is optimized is --wrt w, or wrt="w"',
    "a distribution": "the function alone",
    "a case distinction": r"\max(0, x), or \mathbf{1}[x > 0] for a condition",
}
