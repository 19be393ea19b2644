"""What is shown of a derivation: short, with all that nobody declared."""

import json
from typing import Any

import pytest

from dimderiv import derive
from dimderiv.render.text import LINES, shortened
from dimderiv.surfaces.cli.command import main

FORMS: list[tuple[str, str, dict[str, Any], str]] = [
    (
        "X",
        "X: m x n",
        {},
        "Jacobian d vec(value)/d vec(X)', (m n) x (m n), columns stacked; "
        "for the backward pass --upstream G",
    ),
    (
        "Y = G inv(X)",
        "X: n x n; G: n x n",
        {},
        "Jacobian d vec(Y)/d vec(X)', (n n) x (n n), columns stacked; "
        "for the backward pass --upstream dY",
    ),
    (
        "X' b",
        "X: m x n; b: m",
        {"layout": "denominator"},
        "Jacobian d value'/d vec(X), (m n) x n, columns stacked; "
        "for the backward pass --upstream G",
    ),
    (
        "A X",
        "A: m x n; X: n",
        {},
        "Jacobian d value/d X', m x n; for the backward pass --upstream G",
    ),
    (
        "logdet(X)",
        "X: n x n",
        {"order": 2},
        "Hessian d vec(dX)/d vec(X)', (n n) x (n n), columns stacked; "
        "for its product with a direction --hvp V",
    ),
    (
        "conv2(V, X)",
        "V: 5 x 5; X: 2 x 2",
        {},
        "derivative of each entry of value by each entry of X, the axes of value first: letters "
        "that are not in the brackets at the front are summed; for the backward pass --upstream G",
    ),
]


@pytest.mark.parametrize(
    ("text", "shapes", "options", "expected"), FORMS, ids=lambda part: str(part)
)
def test_an_answer_says_what_it_is(
    text: str, shapes: str, options: dict[str, Any], expected: str
) -> None:
    """A Jacobian, stacked columns and index notation look like something else."""
    found = derive(text, "X", shapes=shapes, verify=False, **options)

    assert (expected,) == found.forms()
    assert expected in repr(found)
    assert found.forms("zh") != found.forms()


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("x' A x", {}),
        ("x' A x", {"order": 2}),
        ("A x", {"upstream": "G"}),
        ("A x", {"forward": "v"}),
    ],
)
def test_a_gradient_needs_no_word(text: str, options: dict[str, Any]) -> None:
    """Neither does what is handed down or along a direction."""
    assert () == derive(text, "x", verify=False, **options).forms()


def test_a_derivation_is_short_to_look_at() -> None:
    """The answer, what was assumed and what is doubted; no tree."""
    found = derive("sum(G .* (A B + z))", "z", verify=False)

    assert [
        "sum(G, axis=0)",
        "assumed G: m x n, A: m x p, B: p x n, z: 1 x n",
        "note: z is read as a row 1 x n; as a column it would fit too: declare z",
    ] == repr(found).splitlines()
    assert "{'z': derivative by z, 1 x n: sum(G, axis=0)}" == repr(found.results)
    assert len(repr(found.layouts())) < 600
    assert [] == [step for step in found.steps if len(repr(step)) > 80]


def test_a_long_answer_is_shortened() -> None:
    """A thousand layers are not printed by mistake."""
    text = "\n".join(map(str, range(1000)))

    assert LINES + 1 == len(shortened(text).splitlines())
    assert "... 976 more lines ..." in shortened(text)


@pytest.mark.parametrize(
    ("text", "options", "left"),
    [
        ("||Xw-y||^2", {}, r"\nabla_{w} f"),
        ("L = ||Xw-y||^2", {}, r"\nabla_{w} L"),
        ("||Xw-y||^2", {"order": 2}, r"\nabla^{2}_{w} f"),
        ("||Xw-y||^2", {"layout": "numerator"}, r"\frac{\partial f}{\partial w}"),
        ("X w", {}, r"\frac{\partial f}{\partial w^{\top}}"),
        ("X w", {"layout": "denominator"}, r"\frac{\partial f^{\top}}{\partial w}"),
        ("X w", {"upstream": "g"}, r"\mathrm{d}w"),
        ("w w'", {}, r"\frac{\partial \operatorname{vec}(f)}{\partial w^{\top}}"),
        ("f ||w||^2", {"shapes": "f: scalar"}, r"\mathrm{d}w"),
    ],
)
def test_a_formula_says_on_its_left_what_it_is(
    text: str, options: dict[str, Any], left: str
) -> None:
    """A nabla for gradients and Hessians, a quotient for Jacobians, else the name of the steps."""
    found = derive(text, "w", verify=False, **options)

    assert f"{left} = {found.latex()}" == found.latex(left=True)


def test_a_notebook_shows_what_was_assumed() -> None:
    """Beside the formula, in the same cell."""
    bundle = derive("sum(G .* (A B + z))", "z", verify=False)._repr_mimebundle_()

    assert r"$\displaystyle" in bundle["text/markdown"]
    assert "- assumed G: m x n" in bundle["text/markdown"]
    assert "- note: z is read as a row" in bundle["text/markdown"]
    assert "assumed G: m x n" in bundle["text/plain"]
    assert "- not checked" in bundle["text/markdown"]


def test_a_notebook_shows_the_check_and_the_steps_folded() -> None:
    """The shapes too; no more than a few thousand signs for a derivation of a textbook."""
    written = derive("||Xw-y||^2", "w")._repr_mimebundle_()["text/markdown"]
    _, _, steps = written.partition("<details><summary>steps</summary>\n\n")

    assert "- checked: 10 entries agree exactly at 4 points" in written
    assert "`X: m x n`" in written
    assert "**3.** $X w$, by $w$." in steps
    assert len(written) < 4000


def test_a_notebook_is_spared_long_steps() -> None:
    """Those of many layers are printed where somebody asks for them."""
    layers = [f"h{k} = tanh(W{k} h{k - 1})" for k in range(1, 40)]
    found = derive("; ".join([*layers, "sum(h39)"]).replace("h0", "x"), "W1", verify=False)

    assert len(found._repr_mimebundle_()["text/markdown"]) < 25_000


def test_a_doubt_and_a_form_are_told_into_a_pipe_too(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output stays the answer alone."""
    main(["A B + z", "--wrt", "z"])
    written = capsys.readouterr()

    assert 1 == len(written.out.splitlines())
    assert "note: z is read as a row" in written.err
    assert written.err.startswith("Jacobian d vec(value)/d z', ")


def test_json_has_them(capsys: pytest.CaptureFixture[str]) -> None:
    """Doubts and forms stand beside the assumptions."""
    main(["A B + z", "--wrt", "z", "--json"])
    found = json.loads(capsys.readouterr().out)

    assert 1 == len(found["doubts"]) == len(found["forms"])
