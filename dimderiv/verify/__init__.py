"""Verification: the answer as printed, against the expression as written, entry by entry."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.verify.claim import (
        Claim,
        CodeCheck,
        Functions,
        NotVerifiableError,
        Verification,
        all_together,
        sizes_text,
        together,
    )
    from dimderiv.verify.code import Run, check_code, dense, layer, operator, unequal_sizes
    from dimderiv.verify.evaluate import KNOWN
    from dimderiv.verify.layout import has_branches
    from dimderiv.verify.points import (
        NOT_CONVEX,
        Bend,
        Bends,
        Curved,
        DisagreementError,
        Entries,
        Sample,
        sample_at,
        sampled,
        slopes_at,
    )
    from dimderiv.verify.verdict import Judge, judged
else:
    __getattr__ = late(
        __name__,
        claim="""Claim CodeCheck Functions NotVerifiableError Verification all_together sizes_text
            together""",
        code="Run check_code dense layer operator unequal_sizes",
        evaluate="KNOWN",
        layout="has_branches",
        points="""NOT_CONVEX Bend Bends Curved DisagreementError Entries Sample sample_at sampled
            slopes_at""",
        verdict="Judge judged",
    )

__all__ = [
    "KNOWN",
    "NOT_CONVEX",
    "Bend",
    "Bends",
    "Claim",
    "CodeCheck",
    "Curved",
    "DisagreementError",
    "Entries",
    "Functions",
    "Judge",
    "NotVerifiableError",
    "Run",
    "Sample",
    "Verification",
    "all_together",
    "check_code",
    "dense",
    "has_branches",
    "judged",
    "layer",
    "operator",
    "sample_at",
    "sampled",
    "sizes_text",
    "slopes_at",
    "together",
    "unequal_sizes",
]
