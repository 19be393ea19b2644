"""The judge by sympy: explicit matrices of symbols, differentiated entry by entry.

It shares the parser with the check at points and nothing else.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dimderiv.verify.claim import Claim

if TYPE_CHECKING:
    from dimderiv.verify.claim import Verification

SECONDS = 60.0


def prove(
    claim: Claim, *, seconds: float = SECONDS, sizes: Mapping[str, int] | None = None
) -> "Verification":
    """Show that an answer is the derivative of its expression, at small unequal sizes.

    Args:
        claim: the answer, the expression, and what is known of the symbols.
        seconds: a last guard; how much is done depends on the work.
        sizes: a number for each named dimension; otherwise small ones that are unequal.

    Returns:
        What was shown: `proved`, or agreement to 60 digits.

    Raises:
        VerificationError: an entry differs.
        NotVerifiableError: nothing could be compared.
        LimitError: the time was too short.
    """
    # Imported here, since sympy is slow to import, and most checks do without.
    from dimderiv.verify.symbolic.judge import judge

    return judge(claim, seconds=seconds, sizes=sizes)
