"""Shape pictures: boxes in the scalar order and in the one that conforms."""

import re
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

import pytest

from dimderiv import derive
from dimderiv.errors import NotDifferentiableError
from dimderiv.explain import sentences
from dimderiv.language import Dim, Shape
from dimderiv.surfaces.cli.command import main
from dimderiv.surfaces.pictures import picture, pictures
from dimderiv.surfaces.pictures.rows import Box, Meeting, Part, Row, Sign, rows_of
from dimderiv.surfaces.pictures.svg import RED, Axes, drawn

SVG = "{http://www.w3.org/2000/svg}"


def rows(expression: str, wrt: str, **options: Any) -> list[Row]:
    """The rows of all pictures of a derivation."""
    steps = derive(expression, wrt, verify=False, **options).steps
    return [row for step in steps for row in rows_of(step, sentences("en"))]


def written(row: Sequence[Part]) -> str:
    """A row as a line: a turned box has a star, one that is repeated a plus."""
    parts = []
    for part in row:
        match part:
            case Box(label, _, is_turned, spread):
                parts.append(label + "*" * is_turned + "+" * (spread is not None))
            case Sign(text, below):
                parts.append(f"{text}_{below}" if below else text)
            case Meeting():
                parts.append("." if part.is_met else "!")
    return " ".join(parts)


def sides(svg: str) -> list[tuple[str, str, str]]:
    """The colour, the length and the direction of each pair of sides, in the order of boxes."""
    found = re.findall(r'stroke="([^"]+)" d="M\S+ \S+([vh])(\d+)m', svg)
    return [(colour, length, direction) for colour, direction, length in found]


@pytest.mark.parametrize(
    ("expression", "wrt", "shapes", "expected"),
    [
        ("X W", "W", "", ["G ! X", "X'* . G = dW"]),
        ("X W", "X", "", ["G ! W", "G . W'* = dX"]),
        ("X w", "w", "X: m x n", ["G ! X", "X'* . G = dw"]),
        ("A B C D", "C", "", ["G ! A . B ! D", "B'* . A'* . G . D'* = dC"]),
        ("3 U V", "U", "", ["G ! V", "3 G . V'* = dU"]),
        ("V / c", "V", "c: scalar", []),
        ("X X'", "X", "", ["G . X = G X", "G'* . X = G' X"]),
        ("X + ones(N, 1) b", "b", "X: N x d; b: 1 x d", ["Σ_N G = db"]),
        ("X .* Y", "X", "", ["G ⊙ Y = dX"]),
        ("g .* X", "X,g", "X: N x d; g: 1 x d", ["Σ_N G ⊙ X = dg", "G ⊙ g+ = dX"]),
    ],
)
def test_rows(expression: str, wrt: str, shapes: str, expected: list[str]) -> None:
    """The scalar order comes first where it does not conform; turned boxes are the primed ones.

    A part of a derivative stands under its formula: its name would say that it is all.
    """
    found = rows(expression, wrt, shapes=shapes, upstream="G")

    assert expected == [written(row) for row in found]


def test_an_order_that_conforms_to_another_shape() -> None:
    """The sign stands between what comes out and what is wanted."""
    scalar, right = rows("A X", "X", shapes="A: m x n; X: n x m", upstream="G")

    assert ["G . A =  ≠ dX", "A'* . G = dX"] == [written(scalar), written(right)]


@pytest.mark.parametrize(
    ("expression", "wrt"), [("conv2(V, K)", "K"), ("softmax(X)", "X"), ("A + B", "A")]
)
def test_other_steps_have_no_picture(expression: str, wrt: str) -> None:
    """What multiplies no boxes, slides or works along rows is left to the words."""
    assert [] == rows(expression, wrt, upstream="G")


def test_square_boxes_are_laid_on_each_other_only_as_they_stand() -> None:
    """Whether one of them is turned first, the entries tell."""
    square = {"shapes": "A: n x n; B: n x n", "upstream": "G"}

    assert ["G ⊙ A = dB"] == [written(row) for row in rows("A .* B", "B", **square)]
    assert [] == rows("A' .* B", "B", **square)


@pytest.mark.parametrize(
    "expression", ["||A X B - C||^2", "tr(inv(X) A B)", "log(det(A' X A))", "a' exp(A X B) b"]
)
def test_the_last_row_of_a_product_conforms(expression: str) -> None:
    """All axes meet, and the outer ones are those of the result."""
    for row in rows(expression, "X"):
        *_, last, result = shapes = [part.shape for part in row if isinstance(part, Box)]
        met = [part.is_met for part in row if isinstance(part, Meeting)]
        if Sign("=") in row and met:
            assert all(met) and (shapes[0].rows, last.cols) == result


def test_an_axis_has_one_colour_and_one_length() -> None:
    """In every box and in every picture of a derivation; size 1 is thin, and different."""
    found = pictures(derive("||Xw-y||^2", "w", verify=False))[3]
    axes = Axes()
    m, n, one = [(axes.colour(d), str(axes.length(d))) for d in map(Dim.of, ("m", "n", 1))]

    X, dr, turned, again, dw = zip(*[(each[:2] for each in sides(found))] * 2, strict=True)
    assert [(m, n), (m, one), (n, m), (m, one), (n, one)] == [X, dr, turned, again, dw]
    assert 9 == len({axes.length(Dim.of(name)) for name in "mnpqrstuv"})


def test_red_stands_where_axes_do_not_meet_and_nowhere_else() -> None:
    """One arc and one sign in the scalar order, none in the order that conforms."""
    scalar, right = [drawn([row], Axes()) for row in rows("X W", "W", upstream="G")]

    assert (2, 1) == (scalar.count(RED), scalar.count(">≠<"))
    assert RED not in right


def test_a_turned_box_has_its_sides_exchanged() -> None:
    """And the axis that it was mirrored at, dashed."""
    axes = Axes()
    scalar, right = [drawn([row], axes) for row in rows("X W", "W", upstream="G")]

    assert (0, 1) == (scalar.count("stroke-dasharray"), right.count("stroke-dasharray"))
    upright, turned = sides(scalar)[2:], sides(right)[:2]
    assert [each[:2] for each in upright] == [each[:2] for each in reversed(turned)]


def test_the_picture_is_well_formed_and_small() -> None:
    """It is an image with a title, has no ids, and nothing that runs or is fetched."""
    for svg in pictures(derive("X W + b", "X,W,b", upstream="G", shapes="b: 1 x h")).values():
        root = ElementTree.fromstring(svg)
        title = root[0]
        assert ("img", f"{SVG}title") == (root.get("role"), title.tag) and title.text
        assert len(svg) < 3000
        assert not re.search(r"\bid=|<script|<style|href|url\(", svg)


def test_the_title_says_what_is_seen() -> None:
    """For those who hear it."""
    svg = pictures(derive("||Xw-y||^2", "w", verify=False))[3]

    title = ElementTree.fromstring(svg)[0].text
    assert title == "X (m × n) [n ≠ m] dr (m × 1); X' (n × m) dr (m × 1) = dw (n × 1)"


def test_text_is_escaped() -> None:
    """A label may have signs that mean something in a page."""
    svg = drawn([(Box("<b>&", Shape(Dim.of("m"), Dim.of("n")), below='"x"'),)], Axes())

    assert "<b>" not in svg and "&lt;b&gt;&amp;" in svg
    ElementTree.fromstring(svg)


def test_numbers_are_those_of_the_steps() -> None:
    """Also after the first block of second derivatives, which has no number."""
    d = derive("0.5 ||X w - y||^2", "w", order=2, verify=False)
    numbers = set(re.findall(r"^(\d+)\. ", d.explain(), re.MULTILINE))

    assert set(map(str, pictures(d))) <= numbers


def test_the_command_writes_all_in_one(capsys: pytest.CaptureFixture[str]) -> None:
    """In either language."""
    assert 0 == main(["graph", "||Xw-y||^2", "--wrt", "w", "--boxes", "--lang", "zh"])
    svg = capsys.readouterr().out

    ElementTree.fromstring(svg)
    assert picture(derive("||Xw-y||^2", "w"), "zh") == svg.strip()
    assert "the shape of" not in svg


def test_nothing_to_draw_is_refused() -> None:
    """With a reason."""
    with pytest.raises(NotDifferentiableError, match="no step"):
        picture(derive("sum(exp(x))", "x", verify=False))
