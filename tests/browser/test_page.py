"""The page in a real browser, as a person uses it: typed, clicked, and by the keyboard alone."""

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from browser.driving import Page, widest

GRADIENT = r"2 X^{\top} (X w - y)"
LAYER = "#" + urlencode(
    {"expr": "S = X W + b\nL = cross_entropy(S, Y)", "wrt": "W,b", "shapes": "X: N x d; b: 1 x c"}
)
SQUARES = "#" + urlencode({"expr": "||Xw-y||^2", "wrt": "w"})


@pytest.fixture(autouse=True)
def quiet(page: Page) -> Iterator[None]:
    """Whatever a test does, the browser complains of nothing and asks no other host."""
    page.resize(1280)
    page.media()
    page.open()
    page.complaints()
    page.hosts()
    yield

    assert [] == page.complaints()
    assert page.hosts() <= {page.address.split("/")[2]}


def solve(page: Page, fragment: str = SQUARES) -> None:
    """Have a question answered that a link asks."""
    page.open(fragment)
    page.one("#result")


def test_typing_and_choosing_gives_a_checked_answer(page: Page) -> None:
    """The variable is offered from the symbols; what it is and how it was checked is said."""
    page.write("#expr", "||Xw-y||^2")
    page.choose("w")
    page.wait_for_answer(GRADIENT)

    assert r"\nabla_{w} f" in page.answer()
    assert "Gradient by w, of shape n" in page.text("#what")
    assert "Checked: 10 entries agree exactly" in page.text("#what")
    assert ["m x n", "n", "m"] == [
        each.get_attribute("value") for each in page.all("#shapes input")
    ]


def test_a_lone_symbol_need_not_be_chosen(page: Page) -> None:
    """Enter is enough."""
    page.write("#expr", "sum(x.^2)\n")
    page.wait_for_answer("2 x")


def test_of_several_symbols_one_is_asked_for(page: Page) -> None:
    """And the keyboard is there already."""
    page.write("#expr", "A x\n")
    page.wait_for("#status", "Choose a variable")

    assert page.run("return document.activeElement.closest('#symbols') !== null")


def test_several_variables_are_chosen_one_after_another(page: Page) -> None:
    """Each choice is answered at once."""
    page.write("#expr", "S = X W + b; L = cross_entropy(S, Y)")
    page.choose("W")
    page.wait_for("#what", "Gradient by W,")
    page.choose("b")
    page.wait_for("#what", "Gradient by W, b")


def test_steps_unfold_with_their_pictures(page: Page) -> None:
    """Set by KaTeX, nothing left in its delimiters; the axes that do not meet are red."""
    solve(page)
    page.click("#steps summary")

    assert "This order does not conform" in page.one("#steps-inside").text
    assert "≠" in page.text("#steps-inside .picture svg")
    assert r"\(" not in page.run(
        "const copy = document.getElementById('steps-inside').cloneNode(true);"
        "copy.querySelectorAll('annotation').forEach(each => each.remove());"
        "return copy.textContent"
    )
    assert [] == page.all(".katex-error")


def test_an_answer_of_ones_own_is_judged(page: Page) -> None:
    """A wrong one with what is wrong and how it ought to be, a right one in any spelling."""
    solve(page)
    page.click("#own summary")
    page.write("#own-answer", "X' (X w - y)")
    page.click("#own-check")
    page.wait_for("#verdict", "Wrong")

    assert "it must be 2 times that" in page.text("#verdict")
    assert "2 X' (X w - y)" == page.text("#verdict pre")

    page.write("#own-answer", "-2 X' (y - X w)\n")
    page.wait_for("#verdict", "Right")


def test_an_answer_that_cannot_be_read_says_where(page: Page) -> None:
    """In the box of the answer, not in that of the question."""
    solve(page)
    page.click("#own summary")
    page.write("#own-answer", "2 X' (X w -\n")
    page.wait(lambda: page.all("#verdict mark"))

    assert "operand" in page.text("#verdict")
    assert not page.one("#result").get_attribute("hidden")


def test_an_assumed_shape_can_be_edited(page: Page) -> None:
    """It is declared then, and the answer is the one for it; emptied, it is assumed again."""
    page.write("#expr", "x' A x")
    page.choose("x")
    page.wait_for_answer("(A + A^{\\top}) x")
    page.write("[aria-label='Shape of A']", "n x n symmetric\n")
    page.wait_for_answer("2 A x")

    assert "A: n x n symmetric" == page.value("#declared")
    assert "declared" in page.text(".shape:nth-child(2) .tag")

    page.write("[aria-label='Shape of A']", "\n")
    page.wait_for_answer("(A + A^{\\top}) x")


def test_the_language_is_switched_in_place(page: Page) -> None:
    """Words, steps and verdicts; the question stays."""
    solve(page)
    page.click("#steps summary")
    page.click("#language")
    page.wait_for("#what", "对 w 的梯度")
    page.wait_for("#steps-inside", "这个次序的形状不相容")

    assert "求导" == page.text("#derive")
    assert "zh" == page.run("return document.documentElement.lang")
    assert "||Xw-y||^2" == page.value("#expr")
    assert "lang=zh" in page.driver.current_url

    page.driver.refresh()
    page.wait_for("#what", "对 w 的梯度")


def test_both_languages_have_the_same_words(page: Page) -> None:
    """With the same fields, and every word that the page names is there."""
    words = page.driver.execute_async_script(
        "const done = arguments[0]; import('./words.js').then(({WORDS}) => done(WORDS))"
    )
    assert set(words["en"]) == set(words["zh"])
    for key, text in words["en"].items():
        names = {part.split("}")[0] for part in text.split("{")[1:]}
        assert names == {part.split("}")[0] for part in words["zh"][key].split("{")[1:]}, key


def test_a_link_reproduces_the_state(page: Page) -> None:
    """All of it: what is asked, by what, how often, in which layout, with what is handed down."""
    solve(page, LAYER)
    page.wait_for_answer(r"\mathrm{d}b")
    address = page.driver.current_url

    page.open()
    page.open(address.partition("/#")[2].join(["#", ""]))
    page.wait_for_answer(r"\mathrm{d}b")

    assert "S = X W + b\nL = cross_entropy(S, Y)" == page.value("#expr")
    assert "X: N x d; b: 1 x c" == page.value("#declared")

    solve(page, "#" + urlencode({"expr": "X w", "wrt": "w", "layout": "denominator"}))
    assert "denominator" in page.text("#chosen")
    solve(page, "#" + urlencode({"expr": "x'A x", "wrt": "x", "order": 2}))
    assert "Hessian by x" in page.text("#what")
    solve(page, "#" + urlencode({"expr": "X w", "wrt": "w", "upstream": "g"}))
    assert "Backward pass to w" in page.text("#what")


def test_a_link_is_followed_on_the_open_page(page: Page) -> None:
    """As when somebody clicks on it in notes."""
    solve(page)
    page.run("location.hash = arguments[0]", LAYER)
    page.wait_for_answer(r"\mathrm{d}b")


def test_texts_are_copied(page: Page) -> None:
    """The answer in the language and in LaTeX, the link, and the code."""
    permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"]
    page.driver.execute_cdp_cmd(
        "Browser.grantPermissions", {"permissions": permissions, "origin": page.address}
    )
    solve(page)

    def copied(button: str) -> str:
        page.click(button)
        page.wait_for(button, "Copied")
        script = "navigator.clipboard.readText().then(arguments[0])"
        return str(page.driver.execute_async_script(script))

    assert "2 X' (X w - y)" == copied("#copy-text")
    assert rf"\nabla_{{w}} f = {GRADIENT}" == copied("#copy-latex")
    assert page.driver.current_url == copied("#copy-link")

    page.click("#code summary")
    page.wait_for("#program", "def gradient(X, w, y)")
    assert page.text("#program") == copied("#copy-code")


def test_code_has_a_tab_for_each_target(page: Page) -> None:
    """Numpy code was run here and says so; the others say that they were not."""
    solve(page)
    page.click("#code summary")
    page.wait_for("#program-check", "the code agrees with the answer")
    page.click("#targets button:nth-child(3)")
    page.wait_for("#program", "import torch")

    assert "not run here" in page.text("#program-check")


def test_everything_can_be_done_with_the_keyboard(page: Page) -> None:
    """Type, Tab to the variable, choose it by space; Enter opens steps, arrows turn tabs."""
    from selenium.webdriver.common.keys import Keys

    page.run("document.getElementById('expr').focus()")
    page.keys("||Xw-y||^2")
    page.wait(lambda: len(page.all("#symbols input")) == 3)

    def tab_to(condition: str) -> None:
        for _ in range(40):
            page.keys(Keys.TAB)
            if page.run(f"return document.activeElement.matches({json.dumps(condition)})"):
                return
        raise AssertionError(f"Tab never comes to {condition}")

    tab_to("#symbols input[value=w]")
    page.keys(Keys.SPACE)
    page.wait_for_answer(GRADIENT)
    tab_to("#steps summary")
    page.keys(Keys.ENTER)
    page.one("#steps-inside")
    tab_to("#own summary")
    page.keys(Keys.ENTER)
    tab_to("#own-answer")
    page.keys("2 X' (X w - y)", Keys.ENTER)
    page.wait_for("#verdict", "Right")
    tab_to("#code summary")
    page.keys(Keys.ENTER)
    page.wait(lambda: page.all("#targets button"))
    tab_to("#targets button")
    page.keys(Keys.ARROW_RIGHT)
    page.wait_for("#program", "import jax")

    assert "jax" == page.run("return document.activeElement.textContent")


def test_shift_enter_begins_a_line(page: Page) -> None:
    """A program has several; the field grows with them."""
    from selenium.webdriver.common.keys import Keys

    low = page.one("#expr").size["height"]
    page.one("#expr").send_keys("r = X w - y", Keys.SHIFT, Keys.ENTER, Keys.NULL, "r' r")
    page.wait(lambda: page.all("#symbols input"))

    assert "r = X w - y\nr' r" == page.value("#expr")
    assert page.one("#expr").size["height"] > low


SLOW = """
const real = window.fetch;
const delays = arguments[0];
window.replies = 0;
window.fetch = async (...given) => {
  await new Promise((done) => setTimeout(done, delays.shift() ?? 0));
  const reply = await real(...given);
  window.replies += 1;
  return reply;
};
"""


def test_the_newest_question_is_answered(page: Page) -> None:
    """A reply that comes late, of a question that was asked before, is not shown."""
    solve(page)
    page.run(SLOW, [1500, 0])
    page.choose("X")
    page.choose("y")
    page.wait_for("#what", "Gradient by X, w, y")
    page.wait(lambda: page.run("return window.replies") == 2 and not page.text("#status"))

    assert "Gradient by X, w, y" in page.text("#what")


def test_waiting_is_told(page: Page) -> None:
    """Not at once, but where it takes more than a moment; then it is gone."""
    page.run(SLOW, [0, 2000])
    page.write("#expr", "sum(x.^2)\n")
    page.wait_for("#status", "Working")
    page.wait_for_answer("2 x")
    page.wait(lambda: not page.text("#status"))


def test_a_server_that_has_ended_is_told(page: Page) -> None:
    """With what may be the matter."""
    solve(page)
    page.run("window.fetch = () => Promise.reject(new Error())")
    page.click("#derive")
    page.wait_for("#error", "does not answer")


def test_a_jacobian_offers_the_backward_pass(page: Page) -> None:
    """With a name for what is handed down that means nothing yet."""
    solve(page, "#" + urlencode({"expr": "G W", "wrt": "W"}))
    page.click("#backward")
    page.wait_for_answer(r"G^{\top} D")

    assert not page.all("#backward:not([hidden])")


def test_every_field_has_a_name(page: Page) -> None:
    """For those who do not see the page; what changes by itself is announced."""
    solve(page)
    nameless = page.run(
        "return [...document.querySelectorAll('input, select, textarea, button, summary')]"
        ".filter(each => !(each.labels?.length && each.labels[0].textContent.trim())"
        " && !each.getAttribute('aria-label') && !each.textContent.trim())"
        ".map(each => each.outerHTML)"
    )

    assert [] == nameless
    assert "polite" == page.one("#what").get_attribute("aria-live")
    assert "alert" == page.run("return document.getElementById('error').getAttribute('role')")


def test_what_has_changed_since_the_answer_is_seen(page: Page) -> None:
    """The answer fades until it is asked for again."""
    solve(page)
    page.write("#expr", "||Xw+y||^2")

    assert "changed" in page.one("#result").get_attribute("class")

    page.click("#derive")
    page.wait_for_answer("X w + y")
    assert "changed" not in page.one("#result").get_attribute("class")


@pytest.mark.parametrize("dark", [False, True])
def test_words_stand_out_from_their_ground(page: Page, dark: bool) -> None:
    """In light and in dark, with the contrast that WCAG asks of text."""
    page.media(dark=dark)
    solve(page)
    ground = page.run("return getComputedStyle(document.body).backgroundColor")

    for selector in ("#answer", "#what .good", ".hint", "label", ".tag", "#copy-link", "h1 span"):
        colour = page.run(
            "return getComputedStyle(document.querySelector(arguments[0])).color", selector
        )
        assert contrast(colour, ground) >= 4.5, (selector, colour, ground)
    assert dark is (luminance(ground) < 0.5)


def luminance(colour: str) -> float:
    """The relative luminance of a colour as CSS computes it, by WCAG 2."""
    shares = [int(each) / 255 for each in colour.strip("rgba()").split(",")[:3]]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return sum(w * s for w, s in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("lang", "step"), [("en", 1), ("zh", 4)])
def test_a_phone_shows_all_without_scrolling_sideways(page: Page, lang: str, step: int) -> None:
    """Examples, all unfolded, 390 wide; what is longer scrolls in a box of its own."""
    page.resize(390, 844)
    count = page.run("return document.querySelectorAll('#examples option').length")
    for number in range(1, count, step):
        page.open(f"#lang={lang}")
        page.run(
            "const list = document.getElementById('examples'); list.selectedIndex = arguments[0];"
            "list.dispatchEvent(new Event('change'))",
            number,
        )
        page.one("#result")
        page.run("document.querySelectorAll('details').forEach(each => { each.open = true })")
        page.wait(lambda: page.all("#targets button"))

        shown, window = widest(page)
        assert shown <= window, page.value("#expr")
        assert [] == page.all(".katex-error")


def test_an_error_marks_the_place(page: Page) -> None:
    """In the text as it was typed, with what was known and what to try."""
    page.open("#" + urlencode({"expr": "λ + X Y", "wrt": "X", "shapes": "X: m x n; Y: m x n"}))
    page.one("#error")

    assert "does not conform" in page.text("#error .message")
    assert "X Y" == page.text("#error mark")
    assert "λ + X Y" == page.text("#error pre")
    assert "known: X: m x n" in page.text("#error")
    assert "Try: " in page.text("#error")


EVIL = (
    "<script>window.hit = 1</script> \"'><svg onload=window.hit=1>",
    "<img src=x onerror=window.hit=1> & <b>y</b>",
    r"\href{javascript:window.hit=1}{x}",
    r"\htmlData{a=b}{x} + \includegraphics{http://evil.example/x.png}",
    r"\(\href{javascript:window.hit=1}{x}\)",
)


@pytest.mark.parametrize("text", EVIL)
def test_nothing_that_is_typed_becomes_part_of_the_page(page: Page, text: str) -> None:
    """As the expression, a declaration, an answer of one's own, or all that a link may have."""
    fields = ("expr", "wrt", "shapes", "upstream", "layout", "order", "source", "lang")
    for field in fields:
        page.open("#" + urlencode({"expr": "A x", "wrt": "x", field: text}))
        page.wait(lambda: page.all("#result:not([hidden]), #error:not([hidden])"), field)

        assert harmless(page), field
    solve(page)
    page.click("#own summary")
    page.write("#own-answer", f"{text}\n")
    page.wait(lambda: page.text("#verdict"))

    assert harmless(page)


def harmless(page: Page) -> bool:
    """Whether there is nothing on the page that could only have come from what was typed."""
    found = page.run(
        "return window.hit === undefined && !document.querySelector("
        "'main script, main img, main b, main a, main iframe, [onerror], [onload], [data-a]')"
    )
    return bool(found)
