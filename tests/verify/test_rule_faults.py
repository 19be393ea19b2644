"""A wrong line in a rule is caught by the check of every answer that uses it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from faults import Case, assert_right, assert_withheld

from dimderiv.rulebook.rulebook import Rulebook, builtin_rules
from dimderiv.verify.evaluate import KNOWN

# An expression that uses the derivative of a rule, by the name of the rule and of the argument.
USES = {
    "exp": Case("a' exp(x)", "x"),
    "log": Case("a' log(x)", "x"),
    "sin": Case("a' sin(x)", "x"),
    "cos": Case("a' cos(x)", "x"),
    "tan": Case("a' tan(x)", "x"),
    "sinh": Case("a' sinh(x)", "x"),
    "cosh": Case("a' cosh(x)", "x"),
    "tanh": Case("a' tanh(x)", "x"),
    "arcsin": Case("a' arcsin(x)", "x"),
    "arccos": Case("a' arccos(x)", "x"),
    "arctan": Case("a' arctan(x)", "x"),
    "abs": Case("a' abs(x)", "x"),
    "sign": Case("x' sign(x)", "x"),
    "relu": Case("a' relu(x)", "x"),
    "sigmoid": Case("a' sigmoid(x)", "x"),
    "softplus": Case("a' softplus(x)", "x"),
    "logsigmoid": Case("a' logsigmoid(x)", "x"),
    "erf": Case("a' erf(x)", "x"),
    "gelu": Case("a' gelu(x)", "x"),
    "silu": Case("a' silu(x)", "x"),
    "power.a": Case("sum(x.^y)", "x", "x: n positive; y: n"),
    "power.b": Case("sum(x.^y)", "y", "x: n positive; y: n"),
    "compare.a": Case("x' (x > y)", "x"),
    "compare.b": Case("y' (x > y)", "y"),
    "maximum.a": Case("z' max(x, y)", "x", "x: n; y: n; z: n"),
    "maximum.b": Case("z' max(x, y)", "y", "x: n; y: n; z: n"),
    "minimum.a": Case("z' min(x, y)", "x", "x: n; y: n; z: n"),
    "minimum.b": Case("z' min(x, y)", "y", "x: n; y: n; z: n"),
    "polygamma.x": Case("a' polygamma(2, x)", "x"),
    "where.c": Case("c' where(c, x, y)", "c", "c: n; x: n; y: n"),
    "where.a": Case("z' where(c > 0, x, y)", "x", "c: n; x: n; y: n; z: n"),
    "where.b": Case("z' where(c > 0, x, y)", "y", "c: n; x: n; y: n; z: n"),
    "inv": Case("a' inv(A) b", "A"),
    "det": Case("det(A)", "A"),
    "logdet": Case("logdet(A)", "A"),
    "pinv": Case("sum(G .* pinv(A))", "A", "A: m x n; G: n x m"),
    "expm": Case("a' expm(A) b", "A"),
    "dexpm.E": Case("a' dexpm(A, E) b", "E"),
    "logm": Case("a' logm(A) b", "A"),
    "dlogm.E": Case("a' dlogm(A, E) b", "E"),
    "eigmax": Case("eigmax(A)", "A"),
    "chol": Case("sum(G .* chol(A))", "A"),
    "eigmin": Case("eigmin(A)", "A"),
    "eigvec": Case("a' eigvec(A)", "A"),
    "mpower.A": Case("a' A^k b", "A", "k: integer"),
    "dpower.E": Case("a' dpower(A, k, E) b", "E", "k: integer"),
    "sqrtm": Case("a' sqrtm(A) b", "A"),
    "sylvester.A": Case("a' sylvester(A, B, C) b", "A"),
    "sylvester.B": Case("a' sylvester(A, B, C) b", "B"),
    "sylvester.C": Case("a' sylvester(A, B, C) b", "C"),
    "eigvals": Case("a' eigvals(A)", "A"),
    "eigvecs": Case("sum(G .* eigvecs(A))", "A"),
    "svdvals": Case("a' svdvals(A)", "A"),
    "svdU": Case("sum(G .* svdU(A))", "A"),
    "svdV": Case("sum(G .* svdV(A))", "A"),
    "polar": Case("sum(G .* polar(A))", "A"),
    "normN": Case("||A||_*", "A"),
    "sum": Case("a' sum(X, axis=1)", "X"),
    "mean": Case("a' mean(X, axis=1)", "X"),
    "max": Case("a' max(X, axis=1)", "X"),
    "min": Case("min(X)", "X"),
    "logsumexp": Case("a' logsumexp(X, axis=1)", "X"),
    "softmax": Case("sum(G .* softmax(X))", "X"),
    "logsoftmax": Case("sum(G .* logsoftmax(X))", "X"),
    "sort": Case("sum(G .* sort(X))", "X"),
    "rank": Case("sum(X .* rank(X))", "X"),
    "norm2": Case("||x||", "x"),
    "normF": Case("||X||_F", "X"),
    "norm1": Case("||x||_1", "x"),
    "normInf": Case("||x||_inf", "x"),
    "cross_entropy": Case("cross_entropy(S, Y)", "S", "S: N x C; Y: N x C"),
}
# What the derivation never reads, because it knows the operation as a power.
UNREAD = {"sqrt"}

LETTERED = [
    ("inv", "Y[j,p] Y[q,i]"),
    ("inv", "-Y[j,q] Y[p,i]"),
    ("inv", "-Y[p,j] Y[i,q]"),
    ("inv", "-Y[i,p] Y[q,j]"),
    ("inv", "-Y[j,p]"),
    ("det", "-Y inv(A)[q,p]"),
    ("det", "Y inv(A)[p,q]"),
    ("det", "inv(A)[q,p]"),
    ("logdet", "-inv(A)[q,p]"),
    ("logdet", "inv(A)[p,q]"),
    ("logdet", "A[q,p]"),
    ("pinv", "-Y[j,p] Y[q,i]"),
    ("pinv", "-Y[j,p] Y[q,i] + (Y Y')[j,q] (I - A Y)[p,i]"),
    ("expm", "dexpm(A)[p,q,i,j]"),
    ("expm", "I[i,p] Y[q,j]"),
    ("dexpm.E", "dexpm(A)[j,i,p,q]"),
    ("logm", "dlogm(A)[p,q,i,j]"),
    ("logm", "inv(A)[i,p] I[q,j]"),
    ("dlogm.E", "dlogm(A)[j,i,p,q]"),
    ("mpower.A", "2 dpower(A, k)[i,j,p,q]"),
    ("dpower.E", "dpower(A, k)[j,i,p,q]"),
    ("sqrtm", "2 sylvester(Y, Y)[i,j,p,q]"),
    ("sylvester.A", "sylvester(A, B)[i,j,p,l] Y[q,l]"),
    ("sylvester.B", "-sylvester(A, B)[i,j,k,p] Y[k,q]"),
    ("sylvester.C", "-sylvester(A, B)[i,j,p,q]"),
    ("eigmax", "eigvec(A)[p]"),
    ("eigvals", "eigvecs(A)[p,i]"),
    ("eigmin", "eigvec(-A)[p]"),
    (
        "chol",
        "Y[i,k] tril(0 Y + 1)[k,j] inv(Y)[k,p] inv(Y)[j,q] - 0.5 Y[i,j] inv(Y)[j,p] inv(Y)[j,q]",
    ),
    ("svdvals", "svdU(A)[p,j]"),
    ("svdU", "(I - Y Y')[i,p] svdV(A)[q,j] (1 ./ svdvals(A))[j]"),
    ("svdV", "svdU(A)[p,k] Y[j,k]"),
    ("eigvecs", "Y[i,k] (1 ./ (eigvals(A)' - eigvals(A) + I) - I)[k,j] Y[p,k] Y[q,j]"),
    ("eigvec", "-pinv(eigmax(A) I - A)[i,p] Y[q]"),
    ("polar", "sylvester(A Y', Y' A)[i,j,p,q]"),
    ("polar", "sylvester(A Y', Y' A)[i,j,p,q] + sylvester(A Y', Y' A)[i,j,k,l] Y[k,q] Y[p,l]"),
    ("normN", "-polar(A)[p,q]"),
    ("softmax", "Y[r,c] I[c,k]"),
    ("softmax", "Y[r,c] I[c,k] + Y[r,c] Y[r,k]"),
    ("softmax", "Y[r,c] I[c,k] - Y[r,c] Y[r,c]"),
    ("softmax", "I[c,k] - Y[r,c] Y[r,k]"),
    ("logsoftmax", "I[c,k] + softmax(A)[r,k]"),
    ("logsoftmax", "I[c,k] - softmax(A)[r,c]"),
    ("logsoftmax", "I[c,k] - Y[r,k]"),
    ("logsoftmax", "I[c,k]"),
    ("sort", "2 onehot(rank(A))[r,k,c]"),
    ("sort", "I[c,k]"),
    ("rank", "I[c,k]"),
]
DEFINED = [
    ("norm2", "sum(A.^2)"),
    ("normF", "sqrt(mean(A.^2))"),
    ("norm1", "sum(A)"),
    ("norm1", "-sum(abs(A))"),
    ("normInf", "max(A)"),
    ("cross_entropy", "-sum(sum(Y .* logsoftmax(S), axis=1))"),
    ("cross_entropy", "mean(sum(Y .* logsoftmax(S), axis=1))"),
    ("cross_entropy", "-mean(sum(Y .* softmax(S), axis=1))"),
    ("cross_entropy", "-mean(sum(Y .* logsoftmax(S), axis=0))"),
]


def use_of(name: str) -> Case:
    """The expression for a rule; for a function of entries any call of it will do."""
    if name in USES:
        return USES[name]
    rule = builtin_rules()[name.partition(".")[0]]
    arguments = rule.arguments
    shape = "n" if rule.kind == "elementwise" else "m x n"
    shapes = [f"{each}: {shape}" for each in arguments]
    call = f"{rule.name}({', '.join(arguments)})"
    text = f"z' {call}" if rule.kind == "elementwise" else call
    shapes += ["z: n"] if rule.kind == "elementwise" else []
    return Case(text, name.partition(".")[2] or arguments[0], "; ".join(shapes))


def formulas() -> Iterator[tuple[str, str]]:
    """The derivatives that are formulas of one entry, each with several things wrong."""
    for rule in builtin_rules().rules.values():
        if rule.kind not in ("elementwise", "reduction") or rule.name in UNREAD:
            continue
        for argument, right in rule.derivative.items():
            name = f"{rule.name}.{argument}" if len(rule.arguments) > 1 else rule.name
            if right == "1":
                yield from ((name, wrong) for wrong in ("-1", "2", "1 / count"))
            elif right == "0":
                yield from ((name, wrong) for wrong in ("1", "-1", argument))
            else:
                yield from ((name, wrong) for wrong in (f"-({right})", f"2 ({right})", "1"))


def break_rule(name: str, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Put a wrong rule in the place of a right one."""
    rules = builtin_rules().rules
    wrong = Rulebook({**rules, name: replace(rules[name], **changes)})
    monkeypatch.setattr("dimderiv.rulebook.rulebook.builtin_rules", lambda: wrong)


@pytest.mark.parametrize(("name", "formula"), [*formulas(), *LETTERED])
def test_wrong_derivative(name: str, formula: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a wrong derivative in a rule, what is derived by it is withheld."""
    assert_right(use_of(name))
    rule = builtin_rules()[name.partition(".")[0]]
    argument = name.partition(".")[2] or rule.arguments[0]

    break_rule(rule.name, monkeypatch, derivative={**rule.derivative, argument: formula})

    assert_withheld(use_of(name))


@pytest.mark.parametrize(("name", "definition"), DEFINED)
def test_wrong_definition(name: str, definition: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a wrong definition of a composite function, what is derived by it is withheld."""
    assert_right(USES[name])

    break_rule(name, monkeypatch, definition=definition)

    assert_withheld(USES[name])


def test_wrong_definition_for_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """The definition for a single record counts as well."""
    case = Case("cross_entropy(s, y)", "s", "s: C; y: C")
    assert_right(case)

    break_rule("cross_entropy", monkeypatch, column="-mean(Y .* logsoftmax(S))")

    assert_withheld(case)


def test_every_rule_is_broken() -> None:
    """No rule that the derivation reads is left out, but what is nothing besides its definition."""
    broken = {name.partition(".")[0] for name, _ in [*formulas(), *LETTERED, *DEFINED]}
    read = {
        rule.name
        for rule in builtin_rules().rules.values()
        if (rule.derivative or (rule.kind == "composite" and rule.name in KNOWN))
        and rule.name not in UNREAD
    }

    assert read == broken


@pytest.mark.parametrize("name", sorted(UNREAD))
def test_rules_that_are_not_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules that the derivation does not read cannot spoil it; that they are true is proved."""
    case = Case(f"a' {name}(x)", "x")

    break_rule(name, monkeypatch, derivative={builtin_rules()[name].arguments[0]: "7"})

    assert_right(case)
