"""What was asked for on the command line."""

import click

from dimderiv.language import frozen
from dimderiv.surfaces.cli.given import given_text


@frozen.record
class Request:
    """What was asked for on the command line."""

    words: tuple[str, ...]
    file: str | None
    source: str | None
    wrt: tuple[str, ...]
    shape: tuple[str, ...]
    order: int
    upstream: str | None
    forward: str | None
    hvp: str | None
    layout: str
    all_layouts: bool
    stationary: bool
    subject_to: tuple[str, ...]
    structured: bool
    curvature: bool
    steps: bool
    latex: bool
    markdown: bool
    code: str | None
    form: str
    layer: bool
    value: bool
    sizes: str | None
    test: bool
    output: str | None
    as_json: bool
    lang: str
    no_verify: bool
    verify: str
    inline: bool
    rules: tuple[str, ...]
    verbose: bool

    @property
    def expression(self) -> str:
        """What is differentiated, as it was given."""
        return given_text(self.words, self.file)

    @property
    def check(self) -> bool | str:
        """Whether the answer is to be checked, and how."""
        return not self.no_verify and self.verify

    def refuse_contradictions(self) -> None:
        """Check what click cannot."""
        if not self.wrt:
            raise click.UsageError(
                "no variable is named to differentiate by; write --wrt w, or --wrt W1,b1"
            )
        if self.latex and self.markdown:
            raise click.UsageError("--latex and --markdown are two answers; ask for one")
        if self.code and not self.as_json and (self.latex or self.markdown or self.steps):
            other = "--latex" if self.latex else "--markdown" if self.markdown else "--steps"
            raise click.UsageError(f"--code and {other} are two answers; ask for one, or --json")
        if self.all_layouts and not self.as_json and (self.code or self.steps):
            other = "--code" if self.code else "--steps"
            raise click.UsageError(f"--all-layouts and {other} are two answers; ask for one")
        if self.all_layouts and self.layout != "mixed":
            raise click.UsageError("--all-layouts prints every layout; leave out --layout")
        if self.forward and self.hvp:
            raise click.UsageError("--forward and --hvp are two answers; ask for one")
        if self.output and self.as_json:
            raise click.UsageError("--output writes code, and --json prints it; ask for one")
        if self.curvature and self._other_answer:
            raise click.UsageError(
                f"--curvature and {self._other_answer} are two answers; ask for one"
            )
        self._refuse_beside_stationary()
        self._refuse_code()

    @property
    def _other_answer(self) -> str:
        """Another answer that is asked for than the derivative, or more than it."""
        asked = {
            "--code": self.code,
            "--all-layouts": self.all_layouts,
            "--steps": self.steps,
            "--forward": self.forward,
            "--hvp": self.hvp,
            "--upstream": self.upstream,
        }
        return next((option for option, given in asked.items() if given), "")

    def _refuse_beside_stationary(self) -> None:
        """Check what was asked beside a stationary point."""
        if self.subject_to and not self.stationary:
            raise click.UsageError("--subject-to constrains a stationary point; add --stationary")
        others = {
            "--order": self.order != 1,
            "--upstream": self.upstream is not None,
            "--forward": self.forward is not None,
            "--hvp": self.hvp is not None,
            "--layout": self.layout != "mixed",
            "--all-layouts": self.all_layouts,
            "--structured": self.structured,
            "--curvature": self.curvature,
            "--inline": self.inline,
            **self._of_code,
        }
        given = [option for option, is_given in others.items() if is_given]
        if self.stationary and given:
            raise click.UsageError(f"--stationary and {given[0]} do not go together; leave one out")

    @property
    def _of_code(self) -> dict[str, bool]:
        """What is about code, and whether it is asked for."""
        return {
            "--form": self.form != "dense",
            "--layer": self.layer,
            "--value": self.value,
            "--sizes": self.sizes is not None,
            "--test": self.test,
            "--output": self.output is not None,
        }

    def _refuse_code(self) -> None:
        """Check what was asked of code."""
        given = [option for option, is_given in self._of_code.items() if is_given]
        if given and self.code is None:
            raise click.UsageError(f"{given[0]} is about code; ask for that too: --code numpy")
        if self.layer and self.form != "dense":
            raise click.UsageError(f"--layer and --form {self.form} are two kinds of code")
        if not self.layer and self.form == "dense":
            return
        own = "--layer" if self.layer else f"--form {self.form}"
        if self.value:
            why = "a layer returns it anyway" if self.layer else "an operator has no value"
            raise click.UsageError(f"{own} and --value: {why}; leave out --value")
        if self.layer and self.order == 2:
            raise click.UsageError("--layer has first derivatives; leave out --order 2")
        if self.forward is not None or self.hvp is not None:
            option = "--hvp" if self.forward is None else "--forward"
            raise click.UsageError(f"{own} takes directions later; leave out {option}")
