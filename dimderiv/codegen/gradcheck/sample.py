"""The text that draws the arrays of a test: small ones, with the declared properties."""

from collections.abc import Mapping, Sequence

from dimderiv.codegen.gradcheck.parts import KINDS
from dimderiv.codegen.read import axes_of
from dimderiv.codegen.targets import Arguments, Identifiers, python_name
from dimderiv.language import OF_ONE_SIGN, Declaration, Dim

# How entries are drawn of which nothing is said, the most telling way first.
STYLES: Mapping[str, str] = {
    "mixed": "rng.standard_normal({shape})",
    "positive": "rng.uniform(0.5, 2.0, {shape})",
    "unit": "rng.uniform(0.1, 0.9, {shape})",
    "dominant": "rng.standard_normal({shape}) + {size} * np.eye({size})",
    "small": "0.1 * rng.standard_normal({shape})",
}
# What makes an array with a property of one without it; some are defined in the text.
_MADE: Mapping[str, str] = {
    "spd": "definite({array})",
    "psd": "definite({array})",
    "symmetric": "symmetric({array})",
    "skew": "skew({array})",
    "orthogonal": "np.linalg.qr({array})[0]",
    "diagonal": "np.diag(np.diag({array}))",
    "lower": "np.tril({array})",
    "upper": "np.triu({array})",
    "probability": "distribution({array})",
}


class Sampler:
    """Writes the function that draws all arrays.

    Args:
        symbols: shapes and properties.
        sizes: the named sizes.
    """

    def __init__(self, symbols: Mapping[str, Declaration], sizes: Sequence[str]) -> None:
        self.symbols = symbols
        self.arguments = Arguments({}, Identifiers(["np", "rng", *KINDS]), sizes)
        self.names = {name: self.arguments.sizes[name] for name in sizes}

    def lines(self, style: str, seed: int) -> list[str]:
        """The lines of the function.

        Args:
            style: how entries are drawn of which nothing is said, one of `STYLES`.
            seed: of the numbers.
        """
        entries = [
            f'        "{python_name(name)}": {self._drawn(known, style)},  # {_declared(known)}'
            for name, known in self.symbols.items()
        ]
        return [
            f"def sample({', '.join(self.names.values())}):",
            '    """Arrays with the declared properties, and otherwise any."""',
            f"    rng = np.random.default_rng({seed})",
            "    return {",
            *entries,
            "    }",
        ]

    def _drawn(self, known: Declaration, style: str) -> str:
        """The text of an array."""
        axes, words = axes_of(known.shape), known.properties
        if known.labels is not None:
            return self._cyclic(axes, self._factor(known.labels))
        if "onehot" in words and axes:
            *rows, classes = axes
            chosen = self._cyclic(rows, self._factor(classes)) if rows else "-1"
            return f"np.eye({self._size(classes)})[{chosen}]"
        is_square = len(axes) == 2 and axes[0] == axes[1]
        if "integer" in words:
            return "np.array(float(rng.integers(1, 5)))"
        if "binary" in words:
            array = self._cyclic(axes, "2.0") if axes else "np.array(1.0)"
        else:
            plain = "mixed" if style == "dominant" and not is_square else style
            text = STYLES[plain if words.isdisjoint(OF_ONE_SIGN) else "positive"]
            size = self._factor(axes[0]) if axes else ""
            array = text.format(shape=self._shape(axes), size=size)
        for word, made in _MADE.items():
            array = made.format(array=array) if word in words else array
        return array

    def _cyclic(self, axes: Sequence[Dim], count: str) -> str:
        """Whole numbers below another one, each as often as the others, in some order."""
        total = " * ".join(map(self._factor, axes)) or "1"
        array = f"rng.permutation(np.arange({total}) % {count})"
        return array if len(axes) == 1 else f"{array}.reshape({self._shape(axes)})"

    def _shape(self, axes: Sequence[Dim]) -> str:
        sizes = [self._size(dim) for dim in axes]
        return sizes[0] if len(sizes) == 1 else f"({', '.join(sizes)})"

    def _factor(self, dim: Dim) -> str:
        text = self._size(dim)
        return f"({text})" if " " in text else text

    def _size(self, dim: Dim) -> str:
        return self.arguments.size(dim)


def _declared(known: Declaration) -> str:
    labels = "" if known.labels is None else f" labels {known.labels.bracketed}"
    return " ".join([f"{known.shape}{labels}", *sorted(known.properties)])
