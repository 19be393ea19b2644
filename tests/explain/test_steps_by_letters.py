"""Steps of arrays with any number of axes: what happens to each letter, and what sizes say."""

import pytest
from explain.by_letters import Lettered, told

from dimderiv.explain.record.recorded import Differentiated, Step
from dimderiv.render.text import text

BATCH = Lettered(
    {"b": "B", "h": "H", "q": "q", "k": "k", "d": "d"},
    "bhqk",
    "Q[b,h,q,d] K[b,h,k,d]",
    {"Q": "bhqd", "K": "bhkd"},
)

TIGHT = Lettered(
    {"n": "N", "o": "O", "i": "L - K + 1", "c": "C", "r": "K"},
    "noi",
    "X[n, c, i+r] W[o,c,r]",
    {"X": "nc(ir)", "W": "ocr"},
)


def convolution(
    size: int | str, kernel: int | str, out: int | str, step: int = 1, pad: int = 0, apart: int = 1
) -> Lettered:
    """A convolution with batch and channels, along one axis."""
    index = f"{step} * i + {apart} * r - {pad}".replace("1 * ", "").removesuffix(" - 0")
    return Lettered(
        {"n": "N", "o": "O", "i": out, "c": "C", "r": kernel, "a": size},
        "noi",
        f"X[n, c, {index}] W[o,c,r]",
        {"X": "nca", "W": "ocr"},
        {"a": ("ir", (step, apart), -pad)},
    )


def by(steps: tuple[Step, ...], name: str) -> Differentiated:
    """The step that differentiates by an array."""
    found = [s for s in steps if isinstance(s, Differentiated) and text(s.operand.tree) == name]
    return found[-1]


def test_letters_of_a_batched_product() -> None:
    """Each factor has its letters; what the variable lacks is summed, the rest stays."""
    step = by(BATCH.steps("Q", "K"), "Q")
    (term,) = step.terms

    assert text(step.slope.value) == "K"
    assert [(text(t), [text(i) for i in letters]) for t, letters in term.lettered] == [
        ("K", ["b", "h", "k", "d"]),
        ("dY", ["b", "h", "q", "k"]),
    ]
    assert [text(side) for side in term.letters.sides] == [
        "dQ[b,h,q,d]",
        "K[b,h,k,d] dY[b,h,q,k]",
    ]
    assert "K and dY share k, which Q lacks, so their products are summed over k." in told([step])
    assert "Q keeps q and d." in told([step])


def test_no_order_is_sought() -> None:
    """Nothing is transposed where letters say what meets."""
    words = told(BATCH.steps("Q", "K"))

    assert "conform" not in words
    assert "transpose" not in words
    assert words.count("the factors, with their letters, are") == 2


def test_a_letter_of_the_variable_alone() -> None:
    """Along a letter that nothing else has, every entry receives the same."""
    repeated = Lettered({"i": "m", "j": "n", "c": "p"}, "ij", "X[i,j,c]", {"X": "ijc"})

    assert "X alone has c: every entry along c receives the same." in told(repeated.steps("X"))


def test_a_valid_product() -> None:
    """By the kernel, what arrives slides over the input and stays inside."""
    step = by(convolution("H", "K", "T").steps("W"), "W")

    assert text(step.terms[0].letters.sides[1]) == "X[n,c,i+r] dY[n,o,i]"
    assert "a 'valid' product" in told([step])


def test_sizes_of_a_strided_and_padded_convolution() -> None:
    """The arithmetic is that of the sizes: where zeros are put in, and what fits."""
    steps = convolution(8, 3, 4, step=2, pad=1).steps("X", "W")
    by_kernel, by_input = told([by(steps, "W")]), told([by(steps, "X")])

    assert "but X has only 0 to 7: zeros are put in, 1 before and 0 after" in by_kernel
    assert "The entries of dY stand 2 apart, with zeros put in between: 2 (4 - 1) + 1 = 7" in (
        by_kernel
    )
    assert "9 - 7 + 1 = 3 places, as many as W has" in by_kernel
    assert "a 'full' product: 7 + 3 - 1 = 9 places" in by_input
    assert "1 before and 0 after are dropped" in by_input


def test_sizes_of_a_dilated_convolution() -> None:
    """The kernel stands apart too, and only places that far apart count for it."""
    steps = convolution(9, 3, 5, apart=2).steps("X", "W")
    by_kernel, by_input = told([by(steps, "W")]), told([by(steps, "X")])

    assert "these are all places of X" in by_kernel
    assert "9 - 5 + 1 = 5 places, and of those 2 apart there are 3, as many as W" in by_kernel
    assert "The entries of W stand 2 apart" in by_input


def test_a_tight_sum_of_letters() -> None:
    """An index that is a sum of letters, as the graph has it for plain convolutions, is told so."""
    steps = TIGHT.steps("X", "W")
    by_kernel, by_input = by(steps, "W"), by(steps, "X")

    assert text(by_kernel.terms[0].letters.sides[1]) == "X[n,c,i+r] dY[n,o,i]"
    assert "0 to L - 1: these are all places of X" in told([by_kernel])
    assert "W, turned around, slides across dY" in told([by_input])
    assert "(L - K + 1) + K - 1 = L places" in told([by_input])


def test_names_of_sizes() -> None:
    """Sizes that are names stay names."""
    words = told(convolution("L", "K", "L - K + 1").steps("W"))

    assert "0 to L - 1: these are all places of X" in words
    assert "L - (L - K + 1) + 1 = K places" in words


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_both_languages(lang: str) -> None:
    """Every sentence has its fields filled."""
    words = told(convolution(8, 3, 4, step=2, pad=1).steps("X", "W"), lang)

    assert "{" not in words
    assert "dW[o,c,r] = X[n,c,2i+r-1] dY[n,o,i]" in words
