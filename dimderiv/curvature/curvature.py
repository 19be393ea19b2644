"""The verdict on how a scalar curves, with a certificate or a counterexample."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import islice
from typing import TYPE_CHECKING, Literal, get_args

from dimderiv import verify
from dimderiv.curvature.bounds import sign_of
from dimderiv.curvature.context import Context
from dimderiv.curvature.curves import curve
from dimderiv.curvature.definite import ABOVE, STRICT, definite
from dimderiv.curvature.domain import Place, places
from dimderiv.curvature.fact import Fact, Rank, Strict, steps
from dimderiv.curvature.smooth import is_smooth
from dimderiv.curvature.words import worded
from dimderiv.errors import VerificationError
from dimderiv.infer import Typed
from dimderiv.language import Binary, Call, Tree, frozen, walk
from dimderiv.render import text
from dimderiv.rulebook import Rulebook

if TYPE_CHECKING:
    from dimderiv.verify import Bend, Bends, Claim

Verdict = Literal[
    "convex",
    "strictly convex",
    "concave",
    "strictly concave",
    "affine",
    "neither",
    "unknown",
]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
# Points and chords at which a claim is tried, and at which a counterexample is sought.
MOST_POINTS, MOST_CHORDS = 6, 4
# Of work on a usual machine.
SECONDS = 0.4


@frozen.record
class Curvature:
    """How a scalar curves in its variables, all together.

    Attributes:
        verdict: what it is.
        certificate: the steps by which that is known, each after those that it needs.
        full_rank: what has to have full rank for it to be strict, where it is not strict anyway:
            a matrix, and `columns` or `rows`.
        where: on which part of the space it holds, such as `S is positive definite`, as the name of
            a sentence and what stands in it.
        negative: a direction along which the second derivative is negative at a point, if one was
            found: the function is not convex.
        positive: one along which it is positive: the function is not concave.
        points: at how many points exact second derivatives were compared with the claim.
        reason: why nothing is known, as the name of a sentence and what stands in it.
        names: the definitions that the steps use.
    """

    verdict: Verdict
    certificate: tuple[Fact, ...] = ()
    full_rank: tuple[Rank, ...] = ()
    where: tuple[Place, ...] = ()
    negative: "Bend | None" = None
    positive: "Bend | None" = None
    points: int = 0
    reason: tuple[str | Tree, ...] = ()
    names: Mapping[str, Tree] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.explain()

    def _repr_markdown_(self) -> str:
        return self.explain(markup="markdown")

    def explain(self, lang: str = "en", *, markup: str = "text") -> str:
        """The verdict with what it rests on, a sentence a line.

        Args:
            lang: `"en"` or `"zh"`.
            markup: `"text"`, `"latex"` or `"markdown"`.
        """
        return worded(self, lang, markup)

    @property
    def is_convex(self) -> bool:
        """Whether it is known to be convex."""
        return self.verdict in {"convex", "strictly convex", "affine"}

    @property
    def is_concave(self) -> bool:
        """Whether it is known to be concave."""
        return self.verdict in {"concave", "strictly concave", "affine"}


def certified(
    typed: Typed,
    rulebook: Rulebook,
    variables: Sequence[str],
    claim: "Claim",
    hessian: Callable[[], Typed | None],
) -> Curvature:
    """Decide how a scalar curves.

    Args:
        typed: the expression with its shapes.
        rulebook: the rules.
        variables: what it is looked at by, all together.
        claim: any claim about the expression, for its values at points.
        hessian: what derives the second derivative, in case that it is asked for.

    Returns:
        The verdict; a claim that exact second derivatives contradict is never returned.

    Raises:
        VerificationError: they contradict a rule, which is a mistake in dimderiv.
    """
    known = Context(typed, rulebook, variables)
    value = typed.program.statements[-1].value
    refused = _refused(known, typed, variables)
    if refused:
        return Curvature("unknown", reason=refused)
    bends = verify.Bends(claim, variables, SECONDS)
    found = curve(known, value)
    if found is not None:
        return _checked(_proved(known, found, value), bends)
    unknown = _unknown_function(known, value)
    if unknown:
        return Curvature("unknown", reason=("function", unknown))
    negative, positive, is_neither = _both_sides(bends, known)
    if is_neither:
        return Curvature("neither", negative=negative, positive=positive)
    for point in islice(verify.Bends(claim, variables, SECONDS).curved(), MOST_POINTS):
        negative, positive = negative or point.negative, positive or point.positive
    by_hessian = None if negative and positive else _by_hessian(known, value, hessian)
    if by_hessian is not None:
        return _checked(by_hessian, verify.Bends(claim, variables, SECONDS))
    reason = ("depends",) if negative and positive else _stuck(known, value)
    return Curvature("unknown", negative=negative, positive=positive, reason=reason)


def _unknown_function(known: Context, value: Tree) -> str:
    """A declared function that is called: any example of it would prove nothing."""
    trees = [value, *known.definitions.values()]
    calls = [part for tree in trees for part in walk(tree) if isinstance(part, Call)]
    declared = {call.function for call in calls} & known.rulebook.declared.keys()
    return min(declared, default="")


def _refused(known: Context, typed: Typed, variables: Sequence[str]) -> tuple[str | Tree, ...]:
    """Why the question has no answer."""
    if not typed.value.is_scalar:
        return ("no_scalar", str(typed.value))
    for name in variables:
        words = sorted(typed.symbols[name].properties & verify.NOT_CONVEX)
        if words:
            return ("set", name, words[0])
    if any(call.function == "stop" for call in typed.program.calls):
        return ("stop",)
    return ()


def _proved(known: Context, found: Fact, value: Tree) -> Curvature:
    """What a certificate says."""
    missing = _missing(known, found.strict)
    verdict: Verdict = "affine" if found.is_affine else "convex" if found.is_convex else "concave"
    if verdict != "affine" and missing == ():
        verdict = "strictly convex" if verdict == "convex" else "strictly concave"
    return Curvature(
        verdict,
        tuple(steps(found)),
        full_rank=missing or () if verdict != "affine" else (),
        where=places(known, value),
        names=known.definitions,
    )


def _missing(known: Context, strict: Strict) -> tuple[Rank, ...] | None:
    """What has to have full rank for it to be strict in all variables; nothing where none helps."""
    if not known.variables <= strict.keys():
        return None
    each = [needed for name in sorted(known.variables) for needed in strict[name]]
    return tuple(dict.fromkeys(each))


def _by_hessian(
    known: Context, value: Tree, hessian: Callable[[], Typed | None]
) -> Curvature | None:
    """What the Hessian says, where it is definite by its form and the domain is convex."""
    if len(known.variables) > 1 or not is_smooth(known, value):
        return None
    second = hessian()
    if second is None:
        return None
    own = Context(second, known.rulebook, tuple(known.variables))
    matrix = second.program.statements[-1].value
    sign = definite(own, matrix)
    if sign is None:
        return None
    says: Literal["convex", "concave"] = "convex" if sign.says in ABOVE else "concave"
    verdict: Verdict = says
    if sign.says in STRICT:
        verdict = "strictly convex" if says == "convex" else "strictly concave"
    last = Fact(value, says, "hessian", (sign,), words=(matrix,))
    names = {name: tree for name, tree in own.definitions.items() if name not in known.definitions}
    return Curvature(
        verdict,
        tuple(steps(last)),
        where=places(known, value),
        names={**known.definitions, **names},
    )


def _checked(found: Curvature, bends: "Bends") -> Curvature:
    """The verdict, after exact second derivatives and chords were compared with it."""
    points = 0
    seen: list[Bend | None] = [None, None]
    for point in islice(bends.curved(), MOST_POINTS):
        points += 1
        _refuse(found, point.negative, point.positive)
        seen = [seen[0] or point.negative, seen[1] or point.positive]
    for chord in islice(bends.chords(), MOST_CHORDS):
        below, above = chord.second < 0, chord.second > 0
        _refuse(found, chord if below else None, chord if above else None)
    return replace(found, points=points, negative=seen[0], positive=seen[1])


def _refuse(found: Curvature, negative: "Bend | None", positive: "Bend | None") -> None:
    wrong = (negative if found.is_convex else None) or (positive if found.is_concave else None)
    if wrong is not None:
        raise VerificationError(
            f"the function is not {found.verdict}, although rules say so; "
            "this is a mistake in dimderiv",
            known=[f"at {wrong.place} along {wrong.way} the second derivative is {wrong.amount}"],
        )


def _both_sides(bends: "Bends", known: Context) -> tuple["Bend | None", "Bend | None", bool]:
    """A direction in which it is not convex, and one in which it is not concave.

    `a x^2` is one of both for each `a`: it is neither where what does not move is the same.
    """
    has_constants = bool(known.typed.symbols.keys() - known.variables)
    found: dict[str, list[Bend | None]] = {}
    for negative, positive in _bends(bends):
        for each in (negative, positive):
            if each is not None:
                pair = found.setdefault(each.sizes_text if has_constants else "", [None, None])
                pair[each is positive] = pair[each is positive] or each
                if None not in pair:
                    return pair[0], pair[1], True
    pairs = list(found.values())
    first = [next((pair[side] for pair in pairs if pair[side]), None) for side in (0, 1)]
    return first[0], first[1], False


def _bends(bends: "Bends") -> "Iterator[tuple[Bend | None, Bend | None]]":
    """What points and chords tell, with what does not move held."""
    for point in bends.curved(held=True):
        yield point.negative, point.positive
    for chord in bends.chords(held=True):
        yield (chord if chord.second < 0 else None), (chord if chord.second > 0 else None)


def _stuck(known: Context, value: Tree) -> tuple[str | Tree, ...]:
    """The first part that no rule decides, though all its own parts are."""
    parts = [node for node in known.kept if known.curves.get(id(node), ()) is None]
    for part in sorted(parts, key=lambda each: len(text(each))):
        weight = _weight(known, part)
        return ("stuck", part) if weight is None else ("sign", weight)
    return ("undecided", value)


def _weight(known: Context, part: Tree) -> Tree | None:
    """What a part of known curvature is multiplied by, where nothing is known of its sign."""
    match part:
        case Binary("*" | ".*", left, right) if known.depends(left) != known.depends(right):
            moving, fixed = (left, right) if known.depends(left) else (right, left)
            return fixed if curve(known, moving) and sign_of(known, fixed) is None else None
    return None
