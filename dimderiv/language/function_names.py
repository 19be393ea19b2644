"""The names of functions that are declared only, and of their derivatives.

In trees a derivative is a sign before the name or primes behind it: `∇f`, `∂r`, `δK`, `sigma'`.
Small figures behind the sign say by which arguments, where there are several: `∇²₁₂f`.
"""

import re
from collections.abc import Iterable, Iterator

from dimderiv.lazy import pattern

# The gradient and the Hessian of a scalar.
GRADIENT, HESSIAN = "∇", "∇²"
# The Jacobian of an array, and the Hessian of each of its entries, printed as that of a scalar.
JACOBIAN, HESSIANS = "∂", "∂²"
# The derivatives of an array by a number, which have its own shape.
RATE, SECOND_RATE = "δ", "δ²"
SIGNS = ("", GRADIENT, HESSIAN)
# After the name of a declared function of entries.
PRIMES = ("", "'", "''")

# How signs are written in ASCII.
SPELLED_OUT = {
    GRADIENT: "grad",
    HESSIAN: "hess",
    JACOBIAN: "jac",
    HESSIANS: "hess",
    RATE: "d",
    SECOND_RATE: "d2",
}
PRIMES_SPELLED_OUT = ("", "d_", "d2_")
_ORDERS = {"": 0, GRADIENT: 1, JACOBIAN: 1, RATE: 1, HESSIAN: 2, HESSIANS: 2, SECOND_RATE: 2}
_DERIVED = pattern("([∇∂δ]²?|)([₁-₉]*)([^']*)('{0,2})", re.DOTALL)
_SMALL = str.maketrans("123456789", "₁₂₃₄₅₆₇₈₉")
_FIGURES = str.maketrans("₁₂₃₄₅₆₇₈₉", "123456789")


def _parts(function: str) -> tuple[str, str, str, str]:
    """The sign, the figures, the name and the primes."""
    match = _DERIVED.fullmatch(function)
    return ("", "", function, "") if match is None else match.groups()  # type: ignore[return-value]


def declared_part(function: str) -> tuple[str, int]:
    """The name of a function that is declared only, and how often it is differentiated.

    Args:
        function: the function, or a derivative of it.

    >>> declared_part("∇²f"), declared_part("sigma'"), declared_part("∂₂r")
    (('f', 2), ('sigma', 1), ('r', 1))
    """
    sign, _, name, primes = _parts(function)
    return name, _ORDERS[sign] + len(primes)


def sign_of(function: str) -> str:
    """The sign before the name of a derivative, without figures.

    Args:
        function: the function, or a derivative of it.
    """
    return _parts(function)[0]


def possible_names(name: str) -> Iterator[str]:
    """The names of a function, and of its derivatives if it has one argument.

    Of the second derivatives those of a scalar are meant.

    Args:
        name: the function.
    """
    yield from (sign + name for sign in _ORDERS if sign != HESSIANS)
    yield from (name + primes for primes in PRIMES[1:])


def figures_of(function: str) -> str:
    """The figures that say by which of several arguments a derivative is taken: `12`, or nothing.

    Args:
        function: the function, or a derivative of it.
    """
    return _parts(function)[1].translate(_FIGURES)


def places_of(function: str) -> tuple[int, ...]:
    """By which arguments a function is differentiated, counted from 0.

    Args:
        function: the function, or a derivative of it.

    >>> places_of("∇²₁₂f"), places_of("∂r"), places_of("f")
    ((0, 1), (0,), ())
    """
    figures = figures_of(function)
    return tuple([int(each) - 1 for each in figures]) or (0,) * declared_part(function)[1]


def figured(sign: str, places: Iterable[int], name: str) -> str:
    """The name of a derivative by some of several arguments.

    Args:
        sign: what kind of derivative it is.
        places: the numbers of the arguments, from 0.
        name: the function.

    >>> figured("∇²", (0, 1), "f")
    '∇²₁₂f'
    """
    return f"{sign}{''.join(str(place + 1) for place in places).translate(_SMALL)}{name}"


def spelled_out(function: str) -> str:
    """The name of a declared function or of a derivative of it, as a word in ASCII.

    Args:
        function: such as `f`, `∇f`, `∇²f` or `sigma'`.

    >>> spelled_out("∇²f"), spelled_out("∇²₁₂f")
    ('hess_f', 'hess12_f')
    """
    sign, _, name, primes = _parts(function)
    if not sign:
        return PRIMES_SPELLED_OUT[len(primes)] + name
    return f"{SPELLED_OUT[sign]}{figures_of(function)}_{name}"


def printed_name(function: str) -> str:
    """The name of a declared function or of a derivative of it, as it is printed.

    Args:
        function: such as `f`, `∇f` or `∂r`.

    >>> printed_name("∇f"), printed_name("∂r"), printed_name("∂₁r"), printed_name("δK")
    ('∇f', 'J_r', 'J1_r', 'd_K')
    """
    sign, figures, name, _ = _parts(function)
    if sign == HESSIANS:
        return HESSIAN + figures + name
    if sign == JACOBIAN:
        return f"J{figures_of(function)}_{name}"
    return spelled_out(function) if sign in {RATE, SECOND_RATE} else function
