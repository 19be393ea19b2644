"""Verification: the answer as printed, against the expression as written, entry by entry."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.verify.claim import Claim, Verification, sizes_text, together
    from dimderiv.verify.code import CodeCheck, all_together
    from dimderiv.verify.evaluate import (
        Arithmetic,
        Effort,
        Evaluator,
        Expected,
        OutOfDomain,
        OutOfTime,
        Scalar,
        Table,
        put_in_place,
        transposed,
    )
    from dimderiv.verify.layout import Size, assignments, targets_of_cross_entropy
    from dimderiv.verify.points import DisagreementError, drawn_points
    from dimderiv.verify.verdict import Judge, judged
else:
    __getattr__ = late(
        __name__,
        claim="Claim Verification sizes_text together",
        code="CodeCheck all_together",
        evaluate="Arithmetic Effort Evaluator Expected OutOfDomain OutOfTime Scalar Table "
        "put_in_place transposed",
        layout="Size assignments targets_of_cross_entropy",
        points="DisagreementError drawn_points",
        verdict="Judge judged",
    )

__all__ = [
    "Arithmetic",
    "Claim",
    "CodeCheck",
    "DisagreementError",
    "Effort",
    "Evaluator",
    "Expected",
    "Judge",
    "OutOfDomain",
    "OutOfTime",
    "Scalar",
    "Size",
    "Table",
    "Verification",
    "all_together",
    "assignments",
    "drawn_points",
    "judged",
    "put_in_place",
    "sizes_text",
    "targets_of_cross_entropy",
    "together",
    "transposed",
]
