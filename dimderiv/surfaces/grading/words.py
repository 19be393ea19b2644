"""Verdicts in words."""

from collections.abc import Mapping
from pathlib import Path

from dimderiv.errors import ShapeError
from dimderiv.language import Program, Shape, Statement
from dimderiv.render import text
from dimderiv.surfaces.grading.misfit import misfit_of
from dimderiv.surfaces.grading.mistake import Mistake
from dimderiv.surfaces.grading.reading import typed_beside
from dimderiv.surfaces.grading.subject import Subject
from dimderiv.surfaces.grading.verdict import Verdict
from dimderiv.surfaces.translation import Wording
from dimderiv.verify import Verification, sizes_text


class Words(Wording):
    """What says verdicts.

    Args:
        language: `"en"` or `"zh"`.
    """

    def __init__(self, language: str = "en") -> None:
        super().__init__(Path(__file__).parent / "messages", language)

    def right(self, found: Verification) -> Verdict:
        """The verdict on an answer that the check has passed.

        Args:
            found: what the check says.
        """
        remarks = self.told("; ".join((*found.one_sided, *found.remarks)))
        said = self.said("right_but", remarks=remarks) if remarks else self.said("right")
        return Verdict(True, "right", said)

    def wrong(
        self, subject: Subject, mistake: Mistake, misfit: ShapeError | None, name: str | None
    ) -> Verdict:
        """The verdict on an answer that is wrong.

        Args:
            subject: the answer.
            mistake: what is wrong with it.
            misfit: where its shapes do not conform.
            name: what it is called, where it is one of several.
        """
        doubts = [self.said("doubt", doubt=self.told(d)) for d in subject.question.typed.doubts]
        parts = [self._shapes(subject, misfit), self._mistake(mistake), *doubts]
        says = self.sentences["space"].join(part for part in parts if part)
        *before, last = mistake.fix.statements
        fix = text(Program((*before, Statement(name, last.value))))
        return Verdict(False, mistake.kind, says, fix, self._entry(subject))

    def several(self, wrong: Mapping[str, Verdict]) -> Verdict:
        """The verdict on an answer of several derivatives, of which some are wrong.

        Args:
            wrong: the verdicts on those, by the name of the derivative.
        """
        says = [self.said("several", name=n, sentence=v.says) for n, v in wrong.items()]
        fixes = [verdict.fix for verdict in wrong.values() if verdict.fix]
        first = next(iter(wrong.values()))
        return Verdict(False, first.kind, "\n".join(says), "\n".join(fixes), first.entry)

    def _mistake(self, mistake: Mistake) -> str:
        said = self.said(mistake.key or mistake.kind, **mistake.fields)
        further = [self.said("further", sentence=self._mistake(each)) for each in mistake.further]
        return self.sentences["space"].join([said, *further])

    def _shapes(self, subject: Subject, misfit: ShapeError | None) -> str:
        """Where shapes do not conform, if that is what is wrong."""
        if subject.standing != "misfit":
            return ""
        if misfit is not None:
            return self._misfit(subject, misfit)
        typed = typed_beside(subject.program, subject.question, subject.shape)
        return self.said(
            "other_shape",
            found=self._shape(typed.value),
            wanted=self._shape(subject.shape),
            variables=", ".join(subject.names),
        )

    def _misfit(self, subject: Subject, misfit: ShapeError) -> str:
        found = misfit_of(subject)
        if len(found.operands) != 2:
            return self.said("misfit_told", message=self.told(misfit.message))
        (left, left_shape), (right, right_shape) = found.operands
        return self.said(
            "misfit",
            part=text(found.part),
            left=text(left),
            right=text(right),
            left_shape=self._shape(left_shape),
            right_shape=self._shape(right_shape),
        )

    def _shape(self, shape: Shape) -> str:
        return self.said("scalar") if shape.is_scalar else str(shape)

    def _entry(self, subject: Subject) -> str | None:
        if subject.entry is None:
            return None
        label, expected, found = subject.entry
        fields = {"label": label, "expected": f"{expected:.6g}", "found": f"{found:.6g}"}
        sizes = subject.samples[0].sizes
        if sizes:
            return self.said("entry", **fields, sizes=sizes_text(sizes))
        return self.said("entry_unsized", **fields)
