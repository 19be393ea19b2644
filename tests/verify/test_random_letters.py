"""Random expressions in letters: values and derivatives of the check's reading, against torch."""

from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

import numpy as np
import pytest
import torch

from dimderiv.language import Add, Binary, Call, Entry, Name, Negative, Tree
from dimderiv.verify.evaluate import ZERO, Arithmetic, Evaluator, Jet, mixed_slope
from dimderiv.verify.layout import Sized, entries, shaped, size_of

from .lettered_trees import drawn, floats, form, index, letters, number, product

LETTERS = "ijklmn"
EXTENTS = {"i": 2, "j": 3, "k": 2, "l": 3, "m": 2, "n": 2}


@dataclass
class Drawn:
    """A random expression in letters, with its arrays and what torch makes of it.

    Attributes:
        rng: the source of chance.
        arrays: the arrays that occur.
        tensors: the same for torch.
    """

    rng: Random
    arrays: dict[str, Sized] = field(default_factory=dict)
    tensors: dict[str, torch.Tensor] = field(default_factory=dict)

    def expression(self, free: str) -> tuple[Tree, torch.Tensor]:
        """A sum of terms in some letters; the tensor has an axis for each of all letters."""
        terms = [self.term(free) for _ in range(self.rng.choice((1, 1, 2)))]
        tree = terms[0][0] if len(terms) == 1 else Add(tuple(each for each, _ in terms))
        return tree, torch.stack([tensor for _, tensor in terms]).sum(0)

    def term(self, free: str) -> tuple[Tree, torch.Tensor]:
        """A product of entries and functions of entries, summed over letters of its own."""
        summed = "".join(
            self.rng.sample([x for x in LETTERS if x not in free], self.rng.randint(0, 3))
        )
        own, tensors = [], []
        for _ in range(self.rng.randint(1, 4)):
            tree, tensor = self.factor(free + summed)
            own.append(tree)
            tensors.append(tensor)
        value = torch.ones(())
        for tensor in tensors:
            value = value * tensor
        tree, name = product(*own), self.rng.choice(("sum", "sum", "sum", "mean", "prod"))
        if not summed:
            return tree, _over_none(value, free)
        sizes = " ".join(f"{each}:{EXTENTS[each]}" for each in summed)
        value = value.expand([EXTENTS[x] if x in free + summed else 1 for x in LETTERS])
        reduced = Call(name, (tree,), over=letters(sizes))
        if self.rng.random() < 0.2:
            return Negative(reduced), -_reduced(name, value, summed)
        return reduced, _reduced(name, value, summed)

    def factor(self, known: str) -> tuple[Tree, torch.Tensor]:
        """An entry, or a function of one."""
        tree, tensor = self.entry(known)
        match self.rng.randint(0, 6):
            case 0:
                return Call("sin", (tree,)), torch.sin(tensor)
            case 1:
                return Binary("^", tree, number(2)), tensor**2
        return tree, tensor

    def entry(self, known: str) -> tuple[Entry, torch.Tensor]:
        """An entry of a new array at sums of letters, some of which lie outside."""
        name = f"A{len(self.arrays)}"
        count = self.rng.randint(1, 3)
        lengths = [self.rng.randint(2, 4) for _ in range(count)]
        array = drawn(self.rng.randrange(1000), *lengths)
        tensor = torch.tensor(floats(array).reshape(lengths), requires_grad=True)
        self.arrays[name], self.tensors[name] = array, tensor
        texts = [self.index(known, length) for length in lengths]
        places = [_places(text) for text in texts]
        inside = torch.ones((), dtype=torch.bool)
        for place, length in zip(places, lengths, strict=True):
            inside = inside & (place >= 0) & (place < length)
        clipped = [place.clamp(0, n - 1) for place, n in zip(places, lengths, strict=True)]
        value = torch.where(inside, tensor[tuple(torch.broadcast_tensors(*clipped))], 0.0)
        return Entry(Name(name), tuple(index(text) for text in texts)), value

    def index(self, known: str, length: int) -> str:
        """A sum of letters and a number; a number alone lies inside."""
        if not known or self.rng.random() < 0.1:
            return str(self.rng.randrange(length))
        first, *others = self.rng.sample(known, min(len(known), self.rng.choice((1, 1, 1, 2))))
        text = self.rng.choice(("", "", "", "2")) + first
        for other in others:
            text += self.rng.choice(("+", "-")) + other
        return text + self.rng.choice(("", "", "", "+1", "-1"))


def _places(text: str) -> torch.Tensor:
    """The numbers of an index, along an axis for each of all letters."""
    along = {
        letter: torch.arange(EXTENTS[letter]).reshape([-1 if x == letter else 1 for x in LETTERS])
        for letter in LETTERS
    }
    spelled = text.replace("2", "2*", 1) if text[0] == "2" and len(text) > 1 else text
    found = eval(spelled, {"__builtins__": {}}, along)
    return found if isinstance(found, torch.Tensor) else torch.tensor(found).reshape([1] * 6)


def _over_none(value: torch.Tensor, free: str) -> torch.Tensor:
    return value.expand([EXTENTS[x] if x in free else 1 for x in LETTERS])


def _reduced(name: str, value: torch.Tensor, summed: str) -> torch.Tensor:
    for axis in [LETTERS.index(letter) for letter in summed]:
        function = {"sum": torch.sum, "mean": torch.mean, "prod": torch.prod}[name]
        value = function(value, axis, keepdim=True)
    return value


def perturbed(array: Sized, seed: int) -> tuple[Sized, np.ndarray]:
    """An array every entry of which moves, and how fast each does."""
    rng = Random(seed)
    speeds = [rng.choice((-2, -1, 1, 2)) for _ in entries(array)]
    arithmetic = Arithmetic(40)
    moving = [
        arithmetic.add(x, Jet(1, ZERO, Fraction(speed)))
        for x, speed in zip(entries(array), speeds, strict=True)
    ]
    return shaped(size_of(array), moving), np.array(speeds, dtype=float)


@pytest.mark.parametrize("seed", range(60))
def test_value_and_slope_are_those_of_torch(seed: int) -> None:
    """Along a direction in all arrays at once, for each entry of the value."""
    drawing = Drawn(Random(seed))
    free = "".join(drawing.rng.sample(LETTERS, drawing.rng.randint(1, 3)))
    body, tensor = drawing.expression(free)
    wanted = tensor.squeeze([k for k, x in enumerate(LETTERS) if x not in free])
    wanted = wanted.permute([sorted(free).index(letter) for letter in free])
    tree = form(" ".join(f"{letter}:{EXTENTS[letter]}" for letter in free), body)
    moved = {name: perturbed(each, k) for k, (name, each) in enumerate(drawing.arrays.items())}

    found = Evaluator(Arithmetic(40), {}, {name: each for name, (each, _) in moved.items()}).array(
        tree
    )

    values = [float(x.value if isinstance(x, Jet) else x) for x in entries(found)]
    slopes = [float(mixed_slope(x, 1)) for x in entries(found)]
    directions = [torch.tensor(speeds) for _, speeds in moved.values()]
    rows = []
    for entry in wanted.reshape(-1):
        given = torch.autograd.grad(
            entry, list(drawing.tensors.values()), retain_graph=True, allow_unused=True
        )
        rows.append(
            sum(
                float((slope.reshape(-1) * speed).sum())
                for slope, speed in zip(given, directions, strict=True)
                if slope is not None
            )
        )
    np.testing.assert_allclose(values, wanted.detach().reshape(-1), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(slopes, rows, rtol=1e-9, atol=1e-9)
