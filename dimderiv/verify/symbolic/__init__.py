"""The judge by sympy: explicit matrices of symbols, differentiated entry by entry.

It shares the parser with the check at points and nothing else.  sympy is loaded when it is asked.
"""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.verify.symbolic.judge import prove
else:
    __getattr__ = late(__name__, judge="prove")

__all__ = ["prove"]
