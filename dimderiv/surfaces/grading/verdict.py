"""What is said of an answer."""

from collections.abc import Mapping

from dimderiv.language import frozen

KINDS: Mapping[str, str] = {
    "right": "right, in whatever spelling",
    "sign": "right but for a sign, of the whole or of a part",
    "factor": "a factor is missing, superfluous or wrong",
    "size": "a division by the size of an axis is missing or superfluous, as after a mean",
    "layout": "right in the other layout, with rows and columns exchanged",
    "transpose": "a factor ought to be transposed, or ought not",
    "order": "the factors of a matrix product stand in another order",
    "product": "elementwise in place of a matrix product, or the other way",
    "brackets": "brackets stand elsewhere",
    "sum": "a sum is missing or superfluous",
    "axis": "a sum runs along another axis",
    "power": "an exponent is wrong or missing",
    "term": "a term is missing or superfluous",
    "structured": "right where entries that a property ties move together, or where they do not",
    "symmetric": "right only where a matrix is symmetric",
    "binary": "right only where the entries of an array are 0 or 1",
    "chain": "the derivative of a function was left out, or taken for another",
    "name": "another symbol belongs there",
    "function": "another function belongs there",
    "diag": "a diagonal matrix is missing or superfluous",
    "shape": "the shapes do not conform, or the answer has another shape than the derivative",
    "stationary": "the gradient does not vanish where it is said to",
    "curvature": "the function does not curve as it is said to",
    "unknown": "wrong, and no small edit makes it right",
}


@frozen.record
class Verdict:
    """Whether an answer is right, and if not, why.

    Attributes:
        right: whether it is.
        kind: what is wrong with it, one of `KINDS`; `"right"` where nothing is.
        says: that in words.
        fix: the answer with the smallest edit that makes it right; where none was found that is
            small, the right answer; nothing where it is right.
        entry: one entry that is wrong, with both values, or why a function curves as it does;
            nothing where there is none to compare.
        assumptions: what was inferred of the expression rather than declared.
        doubts: how the expression could have been read otherwise.
    """

    right: bool
    kind: str
    says: str
    fix: str | None = None
    entry: str | None = None
    assumptions: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join(part for part in (self.says, self.entry, self.fix) if part)
