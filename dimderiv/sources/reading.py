"""A text of another language as a program of ours: what every reader of one hands over."""

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from dimderiv.language import Program, frozen

Source = Literal["dimderiv", "latex", "numpy"]


@frozen.record
class Reading:
    r"""A text of another language as a program of ours.

    Attributes:
        program: the program; its spans are places in the text that was given, its source.
        text: the same program in the language, as it is shown to the user.
        assumptions: what was assumed in reading, such as `|Sigma| is a determinant`; the program
            has them too.
        declared: the shapes that the text itself declares, as in `x \in \mathbb{R}^{n}`.
    """

    program: Program
    text: str
    assumptions: tuple[str, ...] = ()
    declared: Mapping[str, str] = field(default_factory=dict)
