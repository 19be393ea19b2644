"""Products of many matrices, quotients, determinants, and what is defined by an equation."""

from typing import Any

import numpy as np

from benchmarks.case import Array, Case, positive, three
from benchmarks.gaussians import symmetric
from benchmarks.second import ORDERS

THREE = {"A": "a x b", "B": "b x c", "C": "c x e", "Y": "a x e"}


def three_factors(of: Any, A: Any, B: Any, C: Any, Y: Any) -> Any:
    """The squared distance of a product of three from a matrix."""
    R = A @ (B @ C) - Y
    return (R * R).sum()


def three_slopes(of: Any, A: Any, B: Any, C: Any, Y: Any) -> Any:
    """From the right."""
    BC = B @ C
    R = 2 * (A @ BC - Y)
    M = A.T @ R
    return R @ BC.T, M @ C.T, B.T @ M


def three_from_the_left(A: Array, B: Array, C: Array, Y: Array) -> tuple[Array, ...]:
    """From the left."""
    AB = A @ B
    R = 2 * (AB @ C - Y)
    M = R @ C.T
    return M @ B.T, A.T @ M, AB.T @ R


def quadratic_chain(of: Any, A: Any, B: Any, C: Any, D: Any, x: Any) -> Any:
    """A quadratic form of a product of four."""
    return x @ (A @ (B @ (C @ (D @ x))))


def quadratic_chain_slope(of: Any, A: Any, B: Any, C: Any, D: Any, x: Any) -> Any:
    """Products with vectors alone."""
    return A @ (B @ (C @ (D @ x))) + (((x @ A) @ B) @ C) @ D


def five_factors(of: Any, A: Any, B: Any, C: Any, D: Any, E: Any) -> Any:
    """The squared norm of a product of five."""
    R = A @ B @ C @ D @ E
    return (R * R).sum()


def five_slope(of: Any, A: Any, B: Any, C: Any, D: Any, E: Any) -> Any:
    """Gram matrices of both sides."""
    L, R = A @ B, D @ E
    return 2 * ((L.T @ L) @ C @ (R @ R.T))


def five_by_residual(A: Array, B: Array, C: Array, D: Array, E: Array) -> Array:
    """The product, then back."""
    L, R = A @ B, D @ E
    return np.asarray(2 * (L.T @ ((L @ C @ R) @ R.T)))


def six_factors(of: Any, A: Any, B: Any, C: Any, D: Any, E: Any, F: Any, Y: Any) -> Any:
    """The squared distance of a product of six from a matrix."""
    R = (A @ B) @ C @ (D @ (E @ F)) - Y
    return (R * R).sum()


def six_slope(of: Any, A: Any, B: Any, C: Any, D: Any, E: Any, F: Any, Y: Any) -> Any:
    """Both sides first."""
    L, R = A @ B, D @ (E @ F)
    return 2 * (L.T @ ((L @ C) @ R - Y) @ R.T)


def six_by_grams(A: Array, B: Array, C: Array, D: Array, E: Array, F: Array, Y: Array) -> Array:
    """Gram matrices of both sides."""
    L, R = A @ B, D @ (E @ F)
    return np.asarray(2 * ((L.T @ L) @ C @ (R @ R.T) - L.T @ Y @ R.T))


def rayleigh(of: Any, x: Any, A: Any) -> Any:
    """The Rayleigh quotient."""
    return x @ (A @ x) / (x @ x)


def rayleigh_slope(of: Any, x: Any, A: Any) -> Any:
    """One product with the matrix."""
    Ax, s = A @ x, x @ x
    return (Ax - (x @ Ax / s) * x) * (2 / s)


def rayleigh_hessian(of: Any, x: Any, A: Any) -> Any:
    """The matrix, and two outer products."""
    s = x @ x
    q, g = x @ (A @ x) / s, rayleigh_slope(of, x, A)
    M = of.outer(g, x)
    return (2 * (A - q * of.eye(len(x))) - 2 * (M + M.T)) / s


def rayleigh_hessian_in_place(x: Array, A: Array) -> Array:
    """Both outer products as one thin product."""
    s = x @ x
    Ax = A @ x
    q = x @ Ax / s
    g = (Ax - q * x) * (2 / s)
    H = np.stack([g, x], axis=1) @ np.stack([x, g])
    np.subtract(A, H, out=H)
    H.reshape(-1)[:: len(H) + 1] -= q
    H *= 2 / s
    return H


def determinant(of: Any, A: Any) -> Any:
    """The determinant."""
    return of.det(A)


def cofactors(of: Any, A: Any) -> Any:
    """As it is printed."""
    return of.det(A) * of.inv(A).T


def fixed_point(of: Any, a: Any, P: Any, v: Any, y: Any) -> Any:
    """The distance of the solution of `z = a P z + v` from given values."""
    r = of.solve(of.eye(len(v)) - a * P, v) - y
    return r @ r


def fixed_point_slopes(of: Any, a: Any, P: Any, v: Any, y: Any) -> Any:
    """Two solves."""
    M = of.eye(len(v)) - a * P
    z = of.solve(M, v)
    u = of.solve(M.T, 2 * (z - y))
    return u @ (P @ z), a * of.outer(u, z)


def fixed_point_by_one_factor(a: Array, P: Array, v: Array, y: Array) -> tuple[Array, Array]:
    """One factorization."""
    from scipy.linalg import lu_factor, lu_solve

    M = P * -a
    M.reshape(-1)[:: len(M) + 1] += 1
    factors = lu_factor(M, overwrite_a=True, check_finite=False)
    z = lu_solve(factors, v, check_finite=False)
    u = lu_solve(factors, 2 * (z - y), trans=1, check_finite=False)
    return np.asarray(u @ (P @ z)), np.multiply.outer(a * u, z)


def barrier(of: Any, x: Any, c: Any, t: Any, b: Any, A: Any) -> Any:
    """A linear objective with a logarithmic barrier."""
    return c @ x - t * of.log(b - A @ x).sum()


def barrier_hessian(of: Any, x: Any, c: Any, t: Any, b: Any, A: Any) -> Any:
    """Rows are scaled, then a general product."""
    r = b - A @ x
    return (A.T * (t / r**2)) @ A


def barrier_gram(x: Array, c: Array, t: Array, b: Array, A: Array) -> Array:
    """Half of the weights in each factor."""
    Z = A * (np.sqrt(t) / (b - A @ x))[:, None]
    return np.asarray(Z.T @ Z)


def far(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Entries so large that every inequality holds."""
    return generator.uniform(50.0, 60.0, shape)


def valley(of: Any, x: Any) -> Any:
    """Rosenbrock's function."""
    r, s = x[1:] - x[:-1] ** 2, 1 - x[:-1]
    return 100 * (r @ r) + s @ s


def valley_slope(of: Any, x: Any) -> Any:
    """Two overlapping parts."""
    r = 200 * (x[1:] - x[:-1] ** 2)
    zero = of.zeros_like(x[:1])
    return of.concatenate((zero, r)) - of.concatenate((2 * (r * x[:-1] + 1 - x[:-1]), zero))


def valley_in_place(x: Array) -> Array:
    """Both parts are added in place."""
    g, head = np.zeros_like(x), x[:-1]
    r = head * head
    np.subtract(x[1:], r, out=r)
    r *= 200
    g[1:] = r
    r *= head
    r *= 2
    g[:-1] -= r
    g[:-1] += 2 * (head - 1)
    return g


def variation(of: Any, x: Any, y: Any, D: Any, c: Any, e: Any) -> Any:
    """A signal near a given one, of little variation."""
    return ((x - y) ** 2).sum() + c * of.sqrt((D @ x) ** 2 + e).sum()


def variation_slope(of: Any, x: Any, y: Any, D: Any, c: Any, e: Any) -> Any:
    """Two products."""
    z = D @ x
    return 2 * (x - y) + c * ((z / of.sqrt(z * z + e)) @ D)


CASES = (
    Case(
        name="product of three",
        expression="||A B C - Y||^2",
        wrt=("A", "B", "C"),
        arrays=THREE,
        sizes=three(
            *"abce", small="9 3 8 4", medium="400 20 300 50", large="2000 50 1500 600"
        ),
        value=three_factors,
        by_hand={"from the left": three_from_the_left},
        formula=three_slopes,
    ),
    Case(
        name="quadratic form of four",
        expression="x' A B C D x",
        wrt=("x",),
        arrays={"A": "n x k", "B": "k x n", "C": "n x k", "D": "k x n", "x": "n"},
        sizes=three("n", "k", small="10 5", medium="300 100", large="2000 500"),
        value=quadratic_chain,
        by_hand={},
        formula=quadratic_chain_slope,
    ),
    Case(
        name="product of five",
        expression="||A B C D E||^2",
        wrt=("C",),
        arrays={"A": "a x b", "B": "b x c", "C": "c x e", "D": "e x f", "E": "f x g"},
        sizes=three(
            *"abcefg", small="8 3 5 4 6 7", medium="300 200 20 30 150 250",
            large="2000 40 600 50 300 1500",
        ),
        value=five_factors,
        by_hand={"residual": five_by_residual},
        formula=five_slope,
    ),
    Case(
        name="product of six",
        expression="||A B C D E F - Y||^2",
        wrt=("C",),
        arrays={
            "A": "a x b", "B": "b x c", "C": "c x d", "D": "d x e", "E": "e x f", "F": "f x g",
            "Y": "a x g",
        },
        sizes=three(
            *"abcdefg", small="8 3 5 4 6 7 3", medium="300 200 20 30 150 250 100",
            large="1000 40 600 50 300 500 900",
        ),
        value=six_factors,
        by_hand={"Gram": six_by_grams},
        formula=six_slope,
    ),
    Case(
        name="Rayleigh quotient",
        expression="x' A x / (x' x)",
        wrt=("x",),
        arrays={"x": "n", "A": "n x n symmetric"},
        sizes=three("n", small="10", medium="200", large="2000"),
        value=rayleigh,
        by_hand={},
        formula=rayleigh_slope,
        draws={"A": symmetric},
    ),
    Case(
        name="Rayleigh quotient",
        expression="x' A x / (x' x)",
        wrt=("x",),
        arrays={"x": "n", "A": "n x n symmetric"},
        sizes=ORDERS,
        value=rayleigh,
        by_hand={"in place": rayleigh_hessian_in_place},
        formula=rayleigh_hessian,
        draws={"A": symmetric},
        order=2,
    ),
    Case(
        name="determinant",
        expression="det(A)",
        wrt=("A",),
        arrays={"A": "n x n"},
        sizes=three("n", small="5", medium="20", large="100"),
        value=determinant,
        by_hand={},
        formula=cofactors,
    ),
    Case(
        name="fixed point",
        expression="||inv(eye(n) - a P) v - y||^2",
        wrt=("a", "P"),
        arrays={"a": "scalar", "P": "n x n", "v": "n", "y": "n"},
        sizes=three("n", small="10", medium="100", large="1000"),
        value=fixed_point,
        by_hand={"one factorization": fixed_point_by_one_factor},
        formula=fixed_point_slopes,
        draws={"a": positive},
    ),
    Case(
        name="logarithmic barrier",
        expression="c' x - t sum(log(b - A x))",
        wrt=("x",),
        arrays={"x": "n", "c": "n", "t": "scalar positive", "b": "m", "A": "m x n"},
        sizes=three("m", "n", small="30 10", medium="500 100", large="4000 600"),
        value=barrier,
        by_hand={"Gram": barrier_gram},
        formula=barrier_hessian,
        draws={"b": far, "t": positive},
        order=2,
    ),
    Case(
        name="Rosenbrock",
        expression="100 ||x[1:] - x[:-1].^2||^2 + ||1 - x[:-1]||^2",
        wrt=("x",),
        arrays={"x": "n"},
        sizes=three("n", small="10", medium="10000", large="1000000"),
        value=valley,
        by_hand={"in place": valley_in_place},
        formula=valley_slope,
    ),
    Case(
        name="total variation",
        expression="||x - y||^2 + c sum(sqrt((D x).^2 + e))",
        wrt=("x",),
        arrays={"x": "n", "y": "n", "D": "m x n", "c": "scalar", "e": "scalar"},
        sizes=three("m", "n", small="9 10", medium="199 200", large="1999 2000"),
        value=variation,
        by_hand={},
        formula=variation_slope,
        draws={"e": positive},
    ),
)  # fmt: skip
