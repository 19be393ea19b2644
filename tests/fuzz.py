"""Throw random input at dimderiv: every outcome must be an answer or a `DimderivError`, soon.

    python tests/fuzz.py --count 100000 --seed 1 --jobs 2

A failure is printed with the command that repeats it alone.  An input depends only on the seed and
its number, so that a run can be split, and repeated, in any way.
"""

import argparse
import faulthandler
import os
import resource
import signal
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, NoReturn

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from cases.reading import cases_of  # noqa: E402
from strategies import random_problem  # noqa: E402  found only on this path when run as a script

from dimderiv import derive  # noqa: E402
from dimderiv.errors import DimderivError, VerificationError  # noqa: E402
from dimderiv.surfaces.cli.command import main as command_line  # noqa: E402
from dimderiv.verify.claim import TIED  # noqa: E402

SECONDS = 2.0
SECONDS_WITH_CHECK = 5.0
# What is long may take time in proportion.
CHARACTERS_A_SECOND = 25_000
HARD_LIMIT = 300
# What swallows the interruption once gets it again.
AGAIN = 0.5
MEMORY = 2 << 30
CHUNK = 250
GOOD = ("answer", "error", "status")

TOKENS = """
    A B X W1 x y z w b_i a lambda λ Σ n m 0 1 2 0.5 1e-5 10 ( ) ( ) [ ] [i:m, [i:m,j:n] ' .T ^T ᵀ
    ^-1 ^2 ^-T .^ ^ ** + - * @ .* ./ / ⊙ · || ‖ ||_1 ||_F ||_* | > < >= <= = ; , : # {
    tr( det( inv( logdet( pinv( expm( diag( vec( kron( sum( mean( max( min( logsumexp( exp( log(
    sqrt( relu( sigmoid( softmax( logsoftmax( cross_entropy( conv2( ones( eye( vector( matrix(
    norm( I pi axis=0 axis=1 axis=2 K( f( T0 T0= unknown scalar g( ∇f( ∇²f( grad_f( hess_g( max(x,
    min(A, dexpm( polar( eigmax( eigvec( tril( triu( dexpm(A,
"""

SHAPE_TOKENS = """
    m n p 1 2 7 0 -1 1000000 99999999 x × , ; : scalar symmetric spd diagonal A B X w -> 3.5 m*n m+1
    probability skew lower upper orthogonal psd → f: g: scalar->scalar 日本
"""

NUMBER_FORMS = (
    "{} x' x; x^{}; x.^{}; A^{}; (x' x)^{}; {}^{}^{}; x / {}; sum(x.^({})); ||x||^{}; ({} x)^({}); "
    "((x' x)^{})^{}; 2^(x {}); ones({}, 1)' x; {}"
)
NESTED = "max({1}, {0}); min({0}, {1}); max({0}, 1) {1}; max({1} {0}, min({1}, 0))"
LAYERS = (
    "h{} = tanh(W h{}); h{} = h{} + h{}; h{} = h{} .* h{}; h{} = exp(h{}) - h{}; h{} = h{}'; "
    "h{} = relu(W{} h{} + b{}); h{} = A h{} + x; h{} = (h{}' h{}) h{}"
)
TWICE = (
    "({0}) .* exp({0}); ({0} + x)' ({0} - x) x; sin({0}) ./ (1 + {0}.^2); {0} .* {0}; "
    "({0} + y) .* ({0} + x); A ({0}) + ({0})' x x; ({0}) - sum({0})"
)
UNKNOWN = (
    "{} ~ {} {} ~ ||{}||^2 ~ sum({}) ~ {} + {} ~ x' {} ~ {}' {} ~ exp({}) ~ u = {}; u' u ~ "
    "tr({}) ~ {} - {} / 2 ~ inv({}) ~ A {} ~ {}' ~ f = {}; f ~ h = {}; {} h + h^2 ~ softmax({}) ~ "
    "max({}, {})"
)
WELL = (
    "--hvp V; --hvp V,W; --forward V; --forward E,F; --upstream G; --layout numerator; --latex; "
    "--layout denominator; --all-layouts; --steps; --structured; --json; --code numpy; --lang zh; "
    "--inline; --verbose; --order 2; --steps --lang zh; --steps --latex; "
    "--json --steps --code numpy"
)
BADLY = (
    "--hvp x; --hvp=; --forward=; --forward n; --upstream=x; --layout none; --code fortran; "
    "--lang fr; --order 0; --order 99999999999999999999; --order x; --rules missing.toml; --wrt x; "
    "--unknown; --check; rules; --hvp; --forward 1,,2; --shape f:n->scalar; --shape"
)
FUNCTIONS = ("exp", "sin", "tanh", "sigmoid", "softplus", "gelu", "sqrt", "log", "abs")


@dataclass(frozen=True)
class Input:
    """One input: what `derive` or the command line is called with."""

    source: str
    wrt: str = "x"
    shapes: str | Mapping[str, str] | None = None
    order: int = 1
    upstream: str | None = None
    forward: str | None = None
    hvp: str | None = None
    structured: bool = False
    inline: bool = False
    layout: str = "mixed"
    verify: bool = False
    lang: str | None = None
    words: tuple[str, ...] | None = None


class Outcome(NamedTuple):
    """What became of an input, and how long it took."""

    number: int
    kind: str
    seconds: float
    detail: str

    @property
    def is_good(self) -> bool:
        return self.kind.split(",")[0].split()[0] in GOOD


class TooSlowError(BaseException):
    """The time for one input is over; nothing inside may catch it."""


@cache
def real_inputs() -> list[Input]:
    """The golden cases."""
    found = []
    for file in sorted((ROOT / "tests" / "cases").glob("*.toml")):
        for case in cases_of(file.read_text(encoding="utf-8")):
            found.append(Input(case["expression"], case["wrt"], case.get("shapes")))
    return found


def characters(random: Random) -> Input:
    """Any text at all."""
    ranges = [(0, 0x7F), (0x20, 0x7E), (0, 0xD7FF), (0x2000, 0x2FFF), (0x1F300, 0x1FAFF)]
    low, high = random.choice(ranges)
    length = random.choice((0, 1, 3, 10, 50, 400))
    return Input("".join(chr(random.randint(low, high)) for _ in range(length)), name(random))


def token_soup(random: Random) -> Input:
    """Tokens of the language in any order."""
    length = random.choice((1, 2, 4, 8, 16, 60))
    joined = random.choice(("", " ", " "))
    return Input(joined.join(random.choice(TOKENS.split()) for _ in range(length)), name(random))


def name(random: Random) -> str:
    """The names of variables, mostly sensible."""
    usual = ("x", "X", "w", "A", "A,x", "X,w,A")
    odd = ("", ",", "T0", "n", "I", "exp", "λ", "x,x", "1", "x y", "日", "a" * 300, ",x" * 500)
    return random.choice(random.choice((usual, usual, usual, odd)))


def mutated(random: Random) -> Input:
    """A real expression, cut, doubled and stirred."""
    given = random.choice(real_inputs())
    source = given.source
    for _ in range(random.choice((1, 1, 2, 4))):
        at, to = sorted(random.randint(0, len(source)) for _ in range(2))
        to = min(to, at + 12)
        other = random.choice(real_inputs()).source
        middle = random.choice(
            (
                "",
                random.choice(TOKENS.split()),
                source[at:to] * 2,
                source[at:to][::-1],
                other[at:to],
                "(",
            )
        )
        source = source[:at] + middle + source[to:]
    shapes = given.shapes if random.random() < 0.7 else shape_text(random)
    return Input(source, random.choice((given.wrt, name(random))), shapes, **options(random))


def real(random: Random) -> Input:
    """A real expression with unusual options."""
    given = random.choice(real_inputs())
    shapes = random.choice((given.shapes, None, shape_text(random)))
    return Input(given.source, random.choice((given.wrt, name(random))), shapes, **options(random))


def options(random: Random) -> dict[str, Any]:
    """Options that most inputs leave alone."""
    return {
        "order": random.choice((1, 1, 1, 2, 2, 0, 3)),
        "upstream": random.choice((None, None, None, "G", "x", "", "exp")),
        "inline": random.random() < 0.2,
        "forward": random.choice((None,) * 7 + ("V", "E,V", "x")),
        "hvp": random.choice((None,) * 7 + ("V", "E,V", "exp")),
        "structured": random.random() < 0.1,
        "layout": random.choice(("mixed",) * 6 + ("numerator", "denominator", "jacobian", "")),
        "lang": random.choice((None,) * 6 + ("en", "zh")),
    }


def shape_text(random: Random) -> str:
    """Declared shapes, possibly absurd."""
    words = [random.choice(SHAPE_TOKENS.split()) for _ in range(random.choice((1, 3, 6, 30)))]
    return random.choice(("", "A: ", "x: n; A: ")) + " ".join(words)


def nested(random: Random) -> Input:
    """Brackets, functions, norms and postfix operators, deep."""
    depth = random.choice((5, 20, 60, 90, 150, 400, 2000))
    opening, closing = random.choice(
        [("(", ")"), ("||", "||"), ("-(", ")"), ("(x' x + ", ")"), ("(A ", ")"), ("(", ")'")]
        + [("(", ")^2"), ("(1 + ", ").^2"), ("1 / (1 + ", ")"), ("sum(", ")"), ("2^(", ")")]
        + [("softmax(", ")"), ("inv(A + ", ")"), ("kron(A, ", ")"), ("vec(", ")")]
        + [(f"{function}(", ")") for function in FUNCTIONS]
    )
    core = random.choice(("x", "A", "x' x", "A x"))
    inner = opening * depth + core + closing * depth
    return Input(random.choice(("{}", "sum({})", "||{}||^2")).format(inner), "x", **options(random))


def chain(random: Random) -> Input:
    """Long sums and products, of equal or of different parts."""
    length = random.choice((3, 10, 40, 90, 150, 600, 5000))
    operator = random.choice((" + ", " - ", " ", " * ", " .* ", " ./ ", "", "'", " > ", ".^2 + "))
    parts = random.choice((["A"], ["x", "y"], ["A", "B'"], ["x", "x' x x"], ["exp(x)", "x"]))
    if random.random() < 0.3:
        parts = [f"x{k}" for k in range(length)]
    text = operator.join(parts[k % len(parts)] for k in range(length))
    return Input(random.choice(("{}", "sum({})", "tr({})", "||{}||^2")).format(text), "x, A")


def numbers(random: Random) -> Input:
    """Numbers and powers that are large, small and long."""
    digits = random.choice((1, 5, 20, 59, 60, 61, 400, 5000))
    number = "".join(random.choice("0123456789") for _ in range(digits)) or "0"
    number = random.choice(
        (number, f"0.{number}", f"{number}e{random.randint(-99, 99)}", f"-{number}", f"1/{number}")
    )
    form = random.choice(NUMBER_FORMS.split("; "))
    source = form.format(*[number] * form.count("{}"))
    return Input(source, "x", random.choice((None, "x: scalar", f"x: {number}")), **options(random))


def program(random: Random) -> Input:
    """Many statements, which use one another."""
    length = random.choice((2, 10, 40, 200, 1000, 5000, 6000))
    form = random.choice(LAYERS.split("; "))
    lines = ["h0 = x"]
    for k in range(1, length):
        places = [k] + [k - 1] * form.count("{}")
        lines.append(form.format(*places))
    last = random.choice(("sum(h{})", "||h{}||^2", "h{}' x", "h{}")).format(length - 1)
    wrt = random.choice(("x", "W", "A", "x,W", "W1,b1"))
    return Input("; ".join([*lines, last]), wrt, inline=random.random() < 0.2)


def doubling(random: Random) -> Input:
    """Without names, every level uses the one below twice."""
    depth = random.choice((2, 4, 6, 8, 10, 12, 14))
    form = random.choice(TWICE.split("; "))
    text = "x"
    for _ in range(depth):
        text = f"({form.format(text)})"
        if len(text) > 150_000:
            break
    return Input(f"sum({text})", "x", **options(random))


def extremes(random: Random) -> Input:
    """The larger or the smaller of two, in one another."""
    text = "x"
    for k in range(random.choice((2, 5, 9, 15, 30, 60))):
        text = random.choice(NESTED.split("; ")).format(text, f"x{k}")
    text = random.choice(("{}", "sum({})", "{}^2")).format(text)
    return Input(text, "x", random.choice((None, "x: scalar")), **options(random))


def conforming(random: Random) -> Input:
    """An expression whose shapes conform."""
    given = random_problem(random, scalar=random.random() < 0.6)
    wrt = ",".join(given.wrt[:3])
    return Input(given.source, wrt, given.shapes, **options(random))


def checked(random: Random) -> Input:
    """Some input that is verified too."""
    made = random.choice((mutated, real, conforming, token_soup))(random)
    return Input(made.source, made.wrt.split(",")[0], made.shapes, verify=True)


def unknown(random: Random) -> Input:
    """Functions that are only declared, and gradients of them, used well and badly."""
    names = ("f", "f", "f", "g", "g", "∇f", "∇²f", "grad_g", "hess_f", "phi")
    inner = (
        "x",
        "A x",
        "x'",
        "A",
        "A X + B",
        "x' x",
        "||x||",
        "f(x)",
        "x - ∇g(x)",
        "x, y",
        "",
        "2",
    )
    form = random.choice(UNKNOWN.split(" ~ "))
    source = form.format(
        *(f"{random.choice(names)}({random.choice(inner)})" for _ in range(form.count("{}")))
    )
    usual = ("n", "n", "m", "1 x n", "n x n", "scalar", "m x p")
    odd = ("n x n symmetric", "", "2", "n -> scalar")
    functions = random.choice((("f", "g"), ("f", "g"), ("f", "g", "phi"), ("x", "exp", "∇f")))
    shapes = "; ".join(
        f"{function}: {random.choice(usual if random.random() < 0.9 else odd)} "
        f"{random.choice(('->', '→'))} {random.choice(('scalar',) * 20 + ('n', ''))}"
        for function in functions
    )
    return Input(source, name(random), shapes, **options(random))


def by_command(random: Random) -> Input:
    """Some input through the command line, with any of its options."""
    kinds = (mutated, real, real, characters, token_soup, conforming, conforming, nested, numbers)
    made = random.choice((*kinds, unknown))(random)
    order = made.order if random.random() < 0.3 else 1
    words: list[str] = []
    for _ in range(random.choice((0, 1, 1, 2, 3))):
        words += random.choice((BADLY if random.random() < 0.1 else WELL).split("; ")).split(" ")
    return Input(made.source, made.wrt, made.shapes, order, words=tuple(words))


KINDS: Sequence[tuple[int, Callable[[Random], Input]]] = (
    (8, characters),
    (20, token_soup),
    (25, mutated),
    (10, real),
    (5, nested),
    (5, chain),
    (6, numbers),
    (2, program),
    (2, doubling),
    (2, extremes),
    (4, unknown),
    (12, conforming),
    (2, checked),
    (6, by_command),
)


def made(seed: int, number: int) -> Input:
    """The input of a number."""
    random = Random(f"{seed}:{number}")
    kinds = [kind for weight, kind in KINDS for _ in range(weight)]
    return random.choice(kinds)(random)


def answered(given: Input) -> str:
    """What became of an input that does not fail."""
    if given.words is not None:
        return commanded(given, given.words)
    try:
        found = derive(
            given.source,
            given.wrt,
            shapes=given.shapes,
            order=given.order,
            upstream=given.upstream,
            forward=given.forward,
            structured=given.structured,
            layout=given.layout,
            inline=given.inline,
            verify=given.verify,
        )
        found = found if given.hvp is None else found.hvp(given.hvp, verify=given.verify)
        found.text()
        if given.verify:
            assert found.verification is not None
            return f"answer, {found.verification.level}"
        found.latex()
        if given.lang:
            found.explain(given.lang)
            found.explain(given.lang, markup="latex")
        return f"answer, {found.form}"
    except VerificationError as error:
        # The rules assume that a maximum is attained once, and the message says where it is not.
        if not any(TIED in each for each in error.known):
            raise
        return "error VerificationError"
    except DimderivError as error:
        assert str(error).strip()
        return f"error {type(error).__name__}"


def commanded(given: Input, chosen: Sequence[str]) -> str:
    """The exit status that the command line has for an input."""
    shapes = given.shapes or ""
    if not isinstance(shapes, str):
        shapes = "; ".join(f"{symbol}: {shape}" for symbol, shape in shapes.items())
    words = [f"--wrt={given.wrt}", f"--shape={shapes}", f"--order={given.order}", "--no-verify"]
    words += chosen
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = command_line([*words, "--", given.source])
    assert status in (0, 2), (status, err.getvalue())
    assert (status == 0) == bool(out.getvalue()), (status, out.getvalue())
    assert "Traceback" not in err.getvalue(), err.getvalue()
    return f"status {status}"


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Interrupt what takes longer, and end the process if it cannot be interrupted."""

    def interrupt(*_: object) -> NoReturn:
        raise TooSlowError

    # Of the processor's time, so that a busy machine makes nothing slow.
    previous = signal.signal(signal.SIGPROF, interrupt)
    signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN)
    faulthandler.dump_traceback_later(HARD_LIMIT, exit=True)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGPROF, previous)


def tried(seed: int, number: int, *, patience: float = 1.0) -> Outcome:
    """What becomes of the input of a number."""
    given = made(seed, number)
    seconds = patience * (SECONDS_WITH_CHECK if given.verify else SECONDS)
    seconds *= 2 if given.order == 2 else 1
    seconds += patience * len(given.source) / CHARACTERS_A_SECOND
    start, detail = time.process_time(), ""
    try:
        with at_most(seconds):
            kind = answered(given)
    except TooSlowError as error:
        kind, detail = "slow", place(error)
    except Exception as error:  # whatever escapes is what is looked for
        kind, detail = f"failure {type(error).__name__}", f"{place(error)} {error}"
    return Outcome(number, kind, time.process_time() - start, detail)


def place(error: BaseException) -> str:
    """Where an error was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if "dimderiv" in Path(frame.filename).parts] or frames
    return f"{Path(inside[-1].filename).name}:{inside[-1].lineno}"


def tried_all(seed: int, numbers: Sequence[int], patience: float) -> list[Outcome]:
    """The outcomes of several inputs."""
    warnings.simplefilter("error")
    return [tried(seed, number, patience=patience) for number in numbers]


def limit_memory() -> None:
    """Let a process that needs too much memory fail."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def run(count: int, seed: int, jobs: int, patience: float) -> list[Outcome]:
    """Try inputs in several processes, and print failures as they come."""
    outcomes: list[Outcome] = []
    chunks = [range(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]
    with ProcessPoolExecutor(jobs, initializer=limit_memory) as pool:
        waiting = [pool.submit(tried_all, seed, chunk, patience) for chunk in chunks]
        for future in waiting:
            found = future.result()
            outcomes += found
            for outcome in found:
                if not outcome.is_good:
                    print(described(seed, outcome), flush=True)
    return outcomes


def described(seed: int, outcome: Outcome) -> str:
    """One line that says how to see a failure again."""
    source = made(seed, outcome.number).source
    shown = source if len(source) <= 200 else f"{source[:200]}... ({len(source)} characters)"
    command = f"python tests/fuzz.py --seed {seed} --only {outcome.number}"
    return f"{command}  # {outcome.kind} {outcome.detail[:200]!r} {shown!r}"


def main() -> int:
    """Run from the command line; the exit status is 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", type=int, help="show the input of one number, and try it")
    parser.add_argument("--patience", type=float, default=1.0, help="multiplies the time limits")
    options = parser.parse_args()
    if options.only is not None:
        given = made(options.seed, options.only)
        print(given)
        with at_most(HARD_LIMIT):
            print(answered(given))
        return 0
    outcomes = run(options.count, options.seed, options.jobs, options.patience)
    for kind, number in Counter(outcome.kind for outcome in outcomes).most_common():
        print(f"{number:8} {kind}")
    for outcome in sorted(outcomes, key=lambda outcome: -outcome.seconds)[:10]:
        print(f"{outcome.seconds:8.2f} s  {described(options.seed, outcome)}")
    return 0 if all(outcome.is_good for outcome in outcomes) else 1


if __name__ == "__main__":
    raise SystemExit(main())
