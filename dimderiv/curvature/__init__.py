"""How a scalar curves: convex, concave or neither, with a certificate that can be read."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.curvature.curvature import VERDICTS, Curvature, Verdict, certified
    from dimderiv.curvature.fact import Fact
    from dimderiv.curvature.words import claim_of_point, worded
else:
    __getattr__ = late(
        __name__,
        curvature="VERDICTS Curvature Verdict certified",
        fact="Fact",
        words="claim_of_point worded",
    )

__all__ = [
    "VERDICTS",
    "Curvature",
    "Fact",
    "Verdict",
    "certified",
    "claim_of_point",
    "worded",
]
