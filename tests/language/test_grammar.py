"""Two readers of the language, the parser and a grammar for lark, agree on every text."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark, Transformer, UnexpectedInput
from lark import Token as LarkToken
from lark.lexer import Lexer

from dimderiv.errors import ParseError
from dimderiv.language.indexed import spelled_einsum
from dimderiv.language.indexed.convolutions import spelled_convolution
from dimderiv.language.indexed.summation import explicit
from dimderiv.language.parser import parse_program
from dimderiv.language.structure import SPELLED
from dimderiv.language.syntax import (
    Add,
    Binary,
    Blocks,
    Call,
    Entry,
    IndexForm,
    Name,
    Negative,
    Number,
    Program,
    Slice,
    Statement,
    Transpose,
)
from dimderiv.language.tokens import tokenize
from dimderiv.language.vocabulary import BUILTIN_FUNCTIONS, Token

NAMES = frozenset({"score", "W_q", "X"})
# The sizes of letters in the texts below: no letters themselves, wherever they stand.
SIZES = frozenset({"m", "n", "H", "K"})
FUNCTIONS = BUILTIN_FUNCTIONS | {"h", "∇h", "∇²h", "cost", "∇cost"}

KINDS = dict.fromkeys(("<", ">", "<=", ">=", "=="), "COMPARISON") | dict.fromkeys(
    ("*", ".*", "/", "./", "//"), "PRODUCT"
)
ENDS_OPERAND = frozenset({"name", "number", ")", "]", "'", "close", "⟩"})


def brackets(tokens: Sequence[Token]) -> Iterator[str]:
    """The kind of each token; square brackets are told apart by what is around and in them."""
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else None
        if token.kind != "[":
            yield token.kind
            continue
        end = next((k for k in range(place, len(tokens)) if tokens[k].kind == "]"), place)
        after = [each.kind for each in tokens[end + 1 : end + 2]]
        is_glued = before is not None and before.end == token.start
        starts = place < 2 or tokens[place - 2].kind == ";"
        inside = tokens[place + 1 : end]
        if is_glued and before and before.kind == "name" and starts and after == ["="]:
            yield "LEFT"
        elif is_glued and before and before.kind == "reduction":
            yield "HEAD"
        elif is_glued and before and before.kind in ENDS_OPERAND:
            yield "INDEX"
        elif any(each.kind == ":" for each in inside) or all(
            each.text.islower() or each.kind in {",", "(", ")"} for each in inside
        ):
            yield "HEAD"
        else:
            yield "BLOCK"


class ProjectTokens(Lexer):
    """The project's tokens, under the names that the grammar has for them."""

    def __init__(self, lexer_conf: Any) -> None:
        literals = {t.pattern.value: t.name for t in lexer_conf.terminals if t.pattern}
        self.types = literals | KINDS

    def lex(self, lexer_state: Any, parser_state: Any = None) -> Iterator[LarkToken]:
        """Every token but the last, which only says that the text is over."""
        tokens = tokenize(lexer_state, names=NAMES, functions=FUNCTIONS)[:-1]
        for kind, (_, text, *_) in zip(brackets(tokens), tokens, strict=True):
            is_tee = kind == "name" and text == "T"
            named = "TEE" if is_tee else self.types.get(kind, kind.upper())
            yield LarkToken(named, kind if kind in KINDS else text)


def index_form(axes: tuple[tuple[Any, ...], ...], body: Any) -> IndexForm:
    """The form with these letters for each axis."""
    counts = tuple(map(len, axes))
    groups = counts if any(count > 1 for count in counts) else ()
    return IndexForm(tuple(letter for letters in axes for letter in letters), body, groups)


class Axes(NamedTuple):
    """What a call runs along."""

    given: Any


def call(function: str, parts: Sequence[Any]) -> Any:
    """A call with its axis; blocks where it is another spelling of them."""
    arguments = tuple(part for part in parts if not isinstance(part, Axes))
    axes = [part.given for part in parts if isinstance(part, Axes)]
    if function in SPELLED:
        return spelled(function, arguments)
    return Call(function, arguments, *axes)


def spelled(function: str, parts: Sequence[Any]) -> Any:
    """What a function is that stands for another formula."""
    operands = [part for part in parts if not isinstance(part, str | dict)]
    if function in {"hcat", "vcat"}:
        rows = [operands] if function == "hcat" else [[each] for each in operands]
        return Blocks(tuple(map(tuple, rows)))
    patterns = [str(part) for part in parts if isinstance(part, str)]
    if patterns:
        return spelled_einsum(patterns[0], operands, NAMES, (0, 0))
    options: dict[str, Any] = {}
    for part in parts:
        options |= part if isinstance(part, dict) else {}
    return spelled_convolution(function, operands, options, NAMES, (0, 0))


NODES: dict[str, Callable[..., Any]] = {
    "start": lambda *statements: Program(statements),
    "statement": lambda value: Statement(None, explicit(value, SIZES)),
    "definition": lambda name, value: Statement(str(name), explicit(value, SIZES)),
    "definition_of_entries": lambda name, _, *parts: Statement(
        str(name), explicit(index_form(parts[:-1], parts[-1]), SIZES)
    ),
    "index_form": lambda _, *parts: index_form(parts[:-1], parts[-1]),
    "letters": lambda *letters: letters,
    "letter": lambda name, size=None: (str(name), size),
    "reduction": lambda function, _, *parts: Call(
        str(function),
        parts[-1:],
        over=tuple(letter for letters in parts[:-1] for letter in letters),
    ),
    "slice": lambda start=None, stop=None: Slice(start, stop),
    "slice_from": Slice,
    "slice_to": lambda stop: Slice(None, stop),
    "blocks": lambda _, *rows: Blocks(tuple(row for row in rows if isinstance(row, tuple))),
    "row": lambda *blocks: blocks,
    "option": lambda name, *numbers: {str(name): tuple(map(int, numbers))},
    "axis_number": int,
    "axis_from_the_end": lambda number: -int(number),
    "axis_letter": str,
    "add": lambda *terms: Add(terms),
    "negative": Negative,
    "binary": lambda left, operator, right: Binary(operator.value, left, right),
    "juxtaposition": partial(Binary, "*"),
    "raised": partial(Binary, "^"),
    "raised_entries": partial(Binary, ".^"),
    "transpose": lambda operand, *_: Transpose(operand),
    "inverse_transpose": lambda operand, _: Transpose(
        Binary("^", operand, Negative(Number(Fraction(1))))
    ),
    "kronecker": lambda left, right: Call("kron", (left, right)),
    "left_division": lambda left, right: Call("solve", (left, right)),
    "exponential": lambda _, exponent: Call("exp", (exponent,)),
    "ones": lambda _: Call("vector", (Number(Fraction(1)),)),
    "inner_product": lambda left, right: Call("tr", (Binary("*", Transpose(left), right),)),
    "entry": lambda operand, _, *indices: Entry(operand, indices),
    "name": lambda name: Name(str(name)),
    "number": lambda number: Number(Fraction(str(number))),
    "norm": lambda _, operand, close: Call(str(close), (operand,)),
    "axis": lambda _, *axes: Axes(axes if len(axes) > 1 else axes[0]),
    "call": lambda function, *arguments: call(str(function), arguments),
}


class SyntaxTree(Transformer[LarkToken, Any]):
    """Builds the node that stands in the table for a rule of the grammar."""

    def __default__(self, data: str, children: list[Any], meta: Any) -> Any:
        """The node of one rule."""
        return NODES[data](*children)


GRAMMAR = Lark(
    Path(__file__).parent.with_name("language.lark").read_text(encoding="utf-8"),
    parser="lalr",
    lexer=ProjectTokens,
)


def read_by_grammar(text: str) -> Any:
    """The program as the grammar reads it."""
    return SyntaxTree().transform(GRAMMAR.parse(text))


SYMBOLS = ("x", "A", "Xw", "W1", "x_i", "W_q", "lambda", "λX", "score", "T", "I", "pi", "mu1")
NUMBERS = ("1", "2", "½", "0.5", ".5", "1e-5", "3.25")
TRANSPOSES = ("'", "\N{RIGHT SINGLE QUOTATION MARK}", ".T", ".'", "ᵀ", "^T", "^-T", "⊤", "^⊤")
POWERS = ("^2", "^-1", "²", "⁻¹", ".^3", "**2", "^x", "^(1/2)", ".^-A")
SIGNS = ("+", "-", "*", "@", ".*", "⊙", "∘", "./", "/", "\\", "·", "\N{MINUS SIGN}")
SPACES = ("", " ", "  ", "\t")


def in_bars(text: str) -> str:
    """The norm of an expression; bars inside it need brackets around them."""
    return f"||({text})||_F" if "||" in text else f"||{text}||_F"


def compounds(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Larger expressions made of smaller ones."""
    binary = st.tuples(inner, st.sampled_from(SPACES), st.sampled_from(SIGNS), inner)
    return st.one_of(
        binary.map(lambda parts: "{0}{1}{2}{1}{3}".format(*parts)),
        st.tuples(inner, inner).map(" ".join),
        st.tuples(inner, st.sampled_from(TRANSPOSES + POWERS)).map("".join),
        inner.map("-{}".format),
        inner.map("(e^(-{}))".format),
        inner.map("√({})".format),
        st.tuples(inner, inner).map("(({0[0]}) ⊗ ({0[1]}))".format),
        st.tuples(inner, inner).map("⟨{0[0]}, {0[1]}⟩".format),
        inner.map("({})".format),
        inner.map(in_bars),
        inner.map("‖({})‖^2".format),
        inner.map("exp({})".format),
        inner.map("2∇h({})'".format),
        inner.map("x grad_cost ({})".format),
        inner.map("hess_h({}) ∇²h(x)".format),
        inner.map("h({})^2".format),
        inner.map("sum({}, axis=0)".format),
        st.tuples(inner, inner).map("kron({0[0]}, {0[1]})".format),
        st.tuples(inner, st.sampled_from((">", "<=", "≥")), inner).map(
            "({0[0]} {0[1]} {0[2]})".format
        ),
    )


EXPRESSIONS = st.recursive(st.sampled_from(SYMBOLS + NUMBERS), compounds, max_leaves=12)
INDEX_FORMS = (
    "[i:m, j:n] A[i,k] B[k, j]",
    "[] A[i,k] B[k,i]",
    "[i:m] 2 (A - x')[i, j m + i] K[k,l]^2 / c",
    "[i:H - K + 1, j1:2 m] inv(A)'[i + k, j1 - 1] .* x[k] > 0",
    "2 ([i:m] x[i])'",
    "[(i:m, k:p), j:n] A[i,j] B[k]",
    "[j:n, (i:m + 1, k:p, l:2)] 2 A[i,j] B[k] - x[l]",
    "[(i:m)] A[i,i]",
    "[i,j] A[i,k] B[k,j] + c[i]",
    "Y[n,o,t:9] = A[n,c,t-2k] B[o,c,k]; sum(G .* Y)",
    "Y[n, (h d)] = A[n,h,d]; Y'",
    "p[i] = exp(z[i]) / sum[j] exp(z[j]); p",
    "[n,c,i,j] max[r:2, s:2] A[n,c,2i+r,2j+s]",
    "2 sum[k] -x[k] y[k] + mean[n, h] A[n,h]^2",
    "A - -sum[k] x[k] > 2",
    "x[1:] - x[:-1] + x[0:k] .* x[:]",
    "A[b, (h d)] B[i, y[i]]",
    "[A, B; C, D] [x; -y] - (A B)[0,:]'",
    "(x[i] - y[i])^2 / inv(A[b])[i,j]",
    "[i:H//2 + 1] x[2i-1]",
    "Y[i:4] = A[(i+1)//2, i - 2 (i//2)]; [h,w:6] Y[h//2 w]",
    "sum(A, axis=-1) + mean(A, axis=(n, -2, 0)) + max(A, axis=j) == x",
    "hcat(A, B) vcat(x, y)",
    'einsum("bij,jk->bik", A, B)',
    "conv2d(A, B, stride=(2, 1), padding=1) maxpool2d(A, 2)",
)
COMMUTATIONS = (
    "K(m, n)",
    "K(m, 2 n) vec(A)",
    "2 kron(A, B)'K (m, n)' + K (x)",
    "K (A + B) - K",
    "K(sum(A, axis=0), 2)",
    "K(K(2, 3), axis=1)",
    "-K(A K(a, b), c)^2",
    "[i:m] K(m, n)[i,k] K[k]",
    "[i:m] K[i,k] (K)[i,k]",
    "K = A; K(x + y)",
    "score K(T, x)",
    "K = A; commutation(m, n) K",
)
OPERANDS = (
    "x",
    "K",
    "[",
    "T",
    "2",
    "exp(",
    "sum(",
    "(",
    ")",
    ", axis=1",
    ", ",
    "y = ",
    "||",
    "e",
    "1",
    "⟨",
    "⟩",
)
OPERATORS = ("'", "^", "⊗", "^T", ".^", "+", "-", "*", "./", "\\", ">", "²")


@settings(deadline=None)
@given(EXPRESSIONS)
def test_generated_expressions_give_the_same_tree(text: str) -> None:
    """What the parser reads, the grammar reads as the same tree."""
    assert read_by_grammar(text) == parse_program(text, names=NAMES, functions=FUNCTIONS)


@settings(deadline=None)
@given(st.lists(EXPRESSIONS, min_size=1, max_size=4), st.sampled_from((";", "\n", " ; # note\n")))
def test_generated_programs_give_the_same_tree(values: list[str], separator: str) -> None:
    """Definitions and the last value are the same statements in both readers."""
    text = separator.join(f"name_{i} = {value}" for i, value in enumerate(values)) + separator
    text += "name_0"

    assert read_by_grammar(text) == parse_program(text, names=NAMES, functions=FUNCTIONS)


@pytest.mark.parametrize("text", INDEX_FORMS)
def test_index_forms_give_the_same_tree(text: str) -> None:
    """Index forms are in the grammar too."""
    assert read_by_grammar(text) == parse_program(text, names=NAMES, functions=FUNCTIONS)


@pytest.mark.parametrize("text", COMMUTATIONS)
def test_commutation_matrices_give_the_same_tree(text: str) -> None:
    """`K` is a function in both readers where two arguments follow, and a symbol elsewhere."""
    assert read_by_grammar(text) == parse_program(text, names=NAMES, functions=FUNCTIONS)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(OPERANDS + OPERATORS), min_size=1, max_size=8).map(" ".join))
def test_the_readers_refuse_the_same_texts(text: str) -> None:
    """Where the parser finds an error, the grammar does not fit, and the other way round."""
    try:
        expected = parse_program(text, names=NAMES, functions=FUNCTIONS)
    except ParseError:
        with pytest.raises((UnexpectedInput, ParseError)):
            read_by_grammar(text)
    else:
        assert expected == read_by_grammar(text)
