"""A shape for every part of a program, by unification, with a reason for each."""

from dimderiv.infer.along import heads_within, letters_of_head
from dimderiv.infer.ambiguous import refuse_second_meanings
from dimderiv.infer.seeds import handed_down, unused_directions, unused_upstream, with_directions
from dimderiv.infer.settled import needs_sizes
from dimderiv.infer.typed import IMPLY, SIZED, Typed, infer

__all__ = [
    "IMPLY",
    "SIZED",
    "Typed",
    "handed_down",
    "heads_within",
    "infer",
    "letters_of_head",
    "needs_sizes",
    "refuse_second_meanings",
    "unused_directions",
    "unused_upstream",
    "with_directions",
]
