"""Teach dimderiv a function of your own: one table in a text file.

`mish.toml`, beside this file, defines two functions.  `mish` is elementwise and says its own
derivative; `soft_abs` is composite, so its derivative follows from its definition.
"""

from pathlib import Path

from dimderiv import derive
from dimderiv.errors import UnknownNameError, VerificationError

RULES = Path(__file__).with_name("mish.toml")
WRONG = """
[mish]
kind = "elementwise"
definition = "x tanh(softplus(x))"
derivative = "tanh(softplus(x))"
reference = "the second term of the product rule is forgotten"
"""


def without_the_rule() -> None:
    """What nobody has defined is an error that names it, never a constant."""
    try:
        derive("sum(mish(X w))", "w")
    except UnknownNameError as error:
        print(f"Without the rule:\n\n{error}\n")


def with_the_rule() -> None:
    """With the rule file, the function is like any other: derived, checked, run."""
    gradient = derive("sum(mish(X w))", "w", rules=RULES)
    print(f"With it:\n\n    {gradient}\n\n{gradient.verification}\n")

    gradient = derive("soft_abs(X w - y)", "w", rules=RULES)
    print(f"A composite needs no derivative:\n\n    {gradient}\n")


def with_a_mistake(folder: Path) -> None:
    """A wrong rule is found out: its answer fails the check and is withheld."""
    wrong = folder / "wrong.toml"
    wrong.write_text(WRONG, encoding="utf-8")
    try:
        derive("sum(mish(X w))", "w", rules=wrong)
    except VerificationError as error:
        print(f"With a mistake in it:\n\n{error}")


if __name__ == "__main__":
    from tempfile import TemporaryDirectory

    without_the_rule()
    with_the_rule()
    with TemporaryDirectory() as folder:
        with_a_mistake(Path(folder))
