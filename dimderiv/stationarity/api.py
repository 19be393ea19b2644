"""`stationary`: where the gradient of an expression vanishes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from typing import TYPE_CHECKING

from dimderiv import verify as checks
from dimderiv.answer import Question
from dimderiv.derivation import Derivation, derive, derived, judge_named
from dimderiv.errors import NotDifferentiableError
from dimderiv.explain import recorded
from dimderiv.graph import Node, Symbol, add, transposed
from dimderiv.language import Name, Program, Shapes
from dimderiv.lower import lower
from dimderiv.simplify import Simplifier
from dimderiv.stationarity.affine import NotAffineError
from dimderiv.stationarity.checking import zero_at
from dimderiv.stationarity.constraining import (
    Constraint,
    among_orthogonal,
    lagrangian,
    listed,
    read_constraints,
)
from dimderiv.stationarity.eigen import eigenproblem
from dimderiv.stationarity.eliminating import ObstacleError, eliminated
from dimderiv.stationarity.isolating import computed, invertible
from dimderiv.stationarity.open import Open
from dimderiv.stationarity.orthogonal import polar_of
from dimderiv.stationarity.result import Stationary
from dimderiv.stationarity.sides import NotIsolatedError, over_number
from dimderiv.stationarity.tied import is_turned_too, refuse_tied, rotated, written_gradients
from dimderiv.stationarity.words import (
    Told,
    condition_of,
    reason,
    told_eigen,
    told_obstacle,
    told_of,
    told_polar,
    told_rotation,
)
from dimderiv.stationarity.writing import Notation, answer_of

if TYPE_CHECKING:
    from dimderiv.verify import Judge


def stationary(
    expr: str | Program | Callable[..., object],
    wrt: str | Sequence[str],
    *,
    subject_to: str | Sequence[str] | None = None,
    shapes: Shapes = None,
    verify: bool | str = True,
    rules: str | PathLike[str] | Sequence[str | PathLike[str]] = (),
    source: str | None = None,
) -> Stationary | Open:
    """The point where the gradient of a scalar vanishes, in matrix notation, and checked.

    Args:
        expr: the expression, as in `derive`.
        wrt: a name, `"mu,S"`, or a sequence of names.
        subject_to: equations that are to hold, `"A x = b"`, between semicolons or in a sequence.
        shapes: as in `derive`.
        verify: whether to put the solution into the gradient, and how: as in `derive`.
        rules: files with rules of your own.
        source: the language of the text, as in `derive`.

    Returns:
        The stationary point, whose `str` is the value of each variable in the language itself; or,
        where there is no closed form, what stands in the way, with a Newton step and code.

    Raises:
        DimderivError: one of its subclasses says what is wrong; `VerificationError` if the solution
            did not pass its check.

    >>> print(stationary("||X w - y||^2", "w"))
    solve(X' X, X' y)
    """
    texts, judge = listed(subject_to), judge_named(verify)
    plain = derive(
        expr, wrt, shapes=shapes, verify=verify and not texts, rules=rules, source=source
    )
    if not plain.typed.value.is_scalar:
        raise NotDifferentiableError(
            f"a stationary point is that of a scalar, and the value is {plain.typed.value}"
        )
    if not texts:
        return Search(plain.question, plain, (), judge).found()
    constraints = read_constraints(plain.question, texts)
    orthogonal = among_orthogonal(plain.question, constraints)
    asked = orthogonal or lagrangian(plain.question, constraints)
    constrained = Derivation(derived(asked))
    if judge is not None:
        constrained = constrained.verified(judge=judge)
    held = () if orthogonal else constraints
    return Search(plain.question, constrained, held, judge).found()


class Search:
    """The search for the stationary point of what was derived.

    Args:
        asked: the question without constraints.
        derivation: the gradients, with constraints those of the Lagrangian.
        constraints: the equations that are to hold.
        judge: who checks; nobody where it is not asked for.
    """

    def __init__(
        self,
        asked: Question,
        derivation: Derivation,
        constraints: Sequence[Constraint],
        judge: "Judge | None",
    ) -> None:
        self.asked = asked
        self.derivation, self.constraints, self.judge = derivation, constraints, judge
        self.question = derivation.question
        self.multipliers = [each.multiplier for each in constraints]
        self.notation = Notation(self.question)
        self.symbols = lower(derivation.typed, derivation.rulebook).symbols
        self.simplify = Simplifier(rulebook=derivation.rulebook)

    def equations(self) -> Mapping[str, Node]:
        """The gradient by each variable; of a symmetric one with its transpose added.

        Raises:
            NotDifferentiableError: another property ties entries.
        """
        found = {}
        for (name,), node in self.derivation.derived.nodes.items():
            words = self.question.typed.symbols[name].properties
            refuse_tied(name, words)
            turned = is_turned_too(node, words)
            found[name] = self.simplify(add(node, transposed(node))) if turned else node
        return found

    def found(self) -> Stationary | Open:
        """The stationary point, or what stands in the way of a closed form."""
        unknowns = self._unknowns()
        if len(unknowns) == 1 and "orthogonal" in unknowns[0].properties:
            return self._among_orthogonal(unknowns[0])
        told = [*self._title(), *self._gradients()]
        try:
            solved = eliminated(self.equations(), unknowns, self.simplify, self.multipliers)
        except ObstacleError as error:
            return self._open((*told, self._obstacle(error)))
        values = {each.unknown.name: each.value for each in solved}
        multipliers = {n: node for n, node in values.items() if n in self.multipliers}
        variables = {n: node for n, node in values.items() if n not in self.multipliers}
        answer = answer_of(self.question, variables)
        for each in sorted(solved, key=lambda each: len(each.put)):
            told += told_of(each, self.notation)
        result = Stationary(
            self.derivation,
            self.asked.wrt,
            answer,
            answer_of(self.question, multipliers) if multipliers else None,
            tuple(told),
            tuple(condition_of(solved, self.notation)),
        )
        if self.judge is None:
            return result
        reports = [
            zero_at(self.question, answer_of(self.question, values), name, tree, self.judge)
            for name, tree in written_gradients(self.derivation).items()
        ]
        return replace(result, verification=checks.together(reports))

    def _open(self, told: Sequence[Told]) -> Open:
        wrt = tuple(name for name in self.question.wrt if name not in self.multipliers)
        return Open(self.derivation, wrt, tuple(told))

    def _obstacle(self, error: ObstacleError) -> Told:
        """What stands in the way, or that it is an eigenvalue problem."""
        names = [name for name in self.question.wrt if name not in self.multipliers]
        if len(names) == 1:
            (name,) = names
            found = eigenproblem(self.equations()[name], self.symbols[name], self.simplify)
            if found is not None:
                return told_eigen(found, name, self.question.typed.names, self.notation)
        return told_obstacle(error, self.notation)

    def _among_orthogonal(self, unknown: Symbol) -> Stationary | Open:
        """The point where a function of an orthogonal matrix is least."""
        name, (gradient,) = unknown.name, written_gradients(self.derivation).values()
        (node,) = self.derivation.derived.nodes.values()
        told = [*self._title(), *self._gradients(zero=False)]
        turned = computed("Q' * G", self.simplify, Q=unknown, G=node)
        told.append(told_rotation(name, turned, self.notation))
        try:
            matrix = polar_of(node, unknown, self.simplify)
        except NotAffineError as error:
            obstacle = ObstacleError(name, error.obstacle)
            return self._open((*told, told_obstacle(obstacle, self.notation)))
        except NotIsolatedError:
            return self._open((*told, told_obstacle(ObstacleError(name, None), self.notation)))
        answer = answer_of(self.question, {name: computed("polar(M)", self.simplify, M=matrix)})
        turned = computed("Q' * M", self.simplify, Q=unknown, M=matrix)
        told += told_polar(name, turned, answer, self.notation)
        condition = invertible(over_number(matrix)[1])
        result = Stationary(
            self.derivation,
            self.asked.wrt,
            answer,
            None,
            tuple(told),
            () if condition.holds else (reason(condition, self.notation),),
            least=Told("least", {}),
        )
        if self.judge is None:
            return result
        skew = rotated(name, gradient).zero
        report = zero_at(self.question, answer, name, skew, self.judge)
        return replace(result, verification=report)

    def _unknowns(self) -> list[Symbol]:
        """The unknowns: what has few entries first, which is written shortly; multipliers last."""
        names = [name for name in self.question.wrt if name not in self.multipliers]
        first = sorted((self.symbols[name] for name in names), key=lambda each: len(each.axes))
        return [*first, *(self.symbols[name] for name in self.multipliers)]

    def _title(self) -> list[Told]:
        """What is asked; with constraints the Lagrangian too."""
        value = self.question.typed.printed.statements[-1].value
        every = tuple(map(Name, self.question.wrt))
        if not self.constraints:
            return [Told("title", {"expression": value, "variables": recorded.Several(every)})]
        equations = [recorded.Equation((each.left, each.right)) for each in self.constraints]
        title = {
            "expression": self.asked.typed.printed.statements[-1].value,
            "variables": recorded.Several(every[: -len(self.constraints)]),
            "constraints": recorded.Several(tuple(equations)),
        }
        by = {"lagrangian": value, "variables": recorded.Several(every)}
        return [Told("title_constrained", title), Told("lagrangian", by)]

    def _gradients(self, *, zero: bool = True) -> list[Told]:
        shapes, key = self.question.typed.symbols, "gradient" if zero else "gradient_alone"
        return [
            Told(key, {"variable": Name(name), "gradient": tree, "shape": shapes[name].shape})
            for name, tree in written_gradients(self.derivation).items()
        ]
