"""The judge by sympy: explicit matrices of symbols, differentiated entry by entry.

It shares the language with the check at points, and what a claim is in numbers: sizes, letters and
where entries and derivatives stand.  It shares no value of anything.  sympy is loaded when it is
asked.
"""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.verify.symbolic.judge import prove
else:
    __getattr__ = late(__name__, judge="prove")

__all__ = ["prove"]
