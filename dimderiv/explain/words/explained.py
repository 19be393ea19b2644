"""What the steps need to know of a derivation, which is made later than they are."""

from collections.abc import Mapping
from typing import Protocol

from dimderiv.explain.record import Step
from dimderiv.infer import Typed
from dimderiv.language import Program
from dimderiv.rulebook import Rulebook


class Report(Protocol):
    """What the check of an answer reported."""

    @property
    def level(self) -> str:
        """How far it went."""

    @property
    def points(self) -> int:
        """At how many points."""

    @property
    def entries(self) -> int:
        """How many entries were compared one by one."""

    @property
    def along(self) -> int:
        """How many entries were compared along random directions alone."""


class Explained(Protocol):
    """What of a derivation the steps tell."""

    @property
    def wrt(self) -> tuple[str, ...]:
        """The variables."""

    @property
    def typed(self) -> Typed:
        """The expression with its shapes."""

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What was inferred."""

    @property
    def rulebook(self) -> Rulebook:
        """The rules."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """The record."""

    @property
    def program(self) -> Program:
        """The answer."""

    @property
    def form(self) -> str:
        """Whether it is written in matrices, Kronecker products or entries."""

    @property
    def order(self) -> int:
        """How often the expression was differentiated."""

    @property
    def layout(self) -> str:
        """The layout convention."""

    @property
    def directions(self) -> Mapping[str, str]:
        """For a derivative along directions, the direction of each variable."""

    @property
    def structures(self) -> Mapping[str, str]:
        """How the entries of variables are tied."""

    def forms(self, lang: str = "en") -> tuple[str, ...]:
        """What each derivative is, where that cannot be seen."""

    def notes(self, lang: str = "en") -> tuple[str, ...]:
        """Which entries are free although a property ties them."""

    @property
    def mixed(self) -> "Explained | None":
        """For another layout than the mixed one, the derivation in that."""

    @property
    def first(self) -> "Explained | None":
        """For second derivatives, the derivation of the gradients."""

    @property
    def verification(self) -> Report | None:
        """What the check reported."""
