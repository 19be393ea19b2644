"""Nets that run over time."""

from typing import Any

import numpy as np

from benchmarks.case import Array, Case, three

STEPS = 16
GATES = "ifog"
CELL = (
    " ".join(f"{gate} = {act}(X W{gate} + H U{gate});" for gate, act in zip(
        GATES, ("sigmoid", "sigmoid", "sigmoid", "tanh"), strict=True
    ))
    + " N = f .* C + i .* g; sum(G .* (o .* tanh(N)))"
)  # fmt: skip
CELL_ARRAYS = {
    "X": "n x d", "H": "n x h", "C": "n x h", "G": "n x h",
    **{f"W{gate}": "d x h" for gate in GATES}, **{f"U{gate}": "h x h" for gate in GATES},
}  # fmt: skip
UNROLLED = (
    "H0 = tanh(X1 W);"
    + " ".join(f"H{t} = tanh(X{t + 1} W + H{t - 1} U);" for t in range(1, STEPS))
    + f"||H{STEPS - 1} V - Y||^2"
)
UNROLLED_ARRAYS = {
    **{f"X{t + 1}": "n x d" for t in range(STEPS)},
    "W": "d x h", "U": "h x h", "V": "h x c", "Y": "n x c",
}  # fmt: skip


def cell(of: Any, X: Any, H: Any, C: Any, G: Any, **by: Any) -> Any:
    """One step of long short-term memory."""
    i, f, o, z = (X @ by[f"W{gate}"] + H @ by[f"U{gate}"] for gate in GATES)
    N = of.sigmoid(f) * C + of.sigmoid(i) * of.tanh(z)
    return (G * (of.sigmoid(o) * of.tanh(N))).sum()


def cell_slopes(of: Any, X: Any, H: Any, C: Any, G: Any, **by: Any) -> Any:
    """Gate by gate."""
    i, f, o, z = (X @ by[f"W{gate}"] + H @ by[f"U{gate}"] for gate in GATES)
    i, f, o, z = of.sigmoid(i), of.sigmoid(f), of.sigmoid(o), of.tanh(z)
    T = of.tanh(f * C + i * z)
    dN = G * o * (1 - T * T)
    slopes = (
        dN * z * i * (1 - i), dN * C * f * (1 - f), G * T * o * (1 - o), dN * i * (1 - z * z),
    )  # fmt: skip
    return *(X.T @ slope for slope in slopes), *(H.T @ slope for slope in slopes)


def cell_stacked(X: Array, H: Array, C: Array, G: Array, **by: Array) -> tuple[Array, ...]:
    """All gates side by side, two products each way."""
    h = H.shape[1]
    W = np.concatenate([by[f"W{gate}"] for gate in GATES], axis=1)
    U = np.concatenate([by[f"U{gate}"] for gate in GATES], axis=1)
    Z = X @ W
    Z += H @ U
    Z[:, : 3 * h] *= 0.5
    np.tanh(Z, out=Z)
    Z[:, : 3 * h] *= 0.5
    Z[:, : 3 * h] += 0.5
    i, f, o, z = (Z[:, k * h : (k + 1) * h] for k in range(4))
    T = np.tanh(f * C + i * z)
    dN = G * o * (1 - T * T)
    S = np.concatenate(
        [dN * z * i * (1 - i), dN * C * f * (1 - f), G * T * o * (1 - o), dN * i * (1 - z * z)],
        axis=1,
    )
    dW, dU = X.T @ S, H.T @ S
    return *np.split(dW, 4, axis=1), *np.split(dU, 4, axis=1)


def unrolled(of: Any, W: Any, U: Any, V: Any, Y: Any, **X: Any) -> Any:
    """A net that reads one row of numbers after another."""
    H = of.tanh(X["X1"] @ W)
    for t in range(1, STEPS):
        H = of.tanh(X[f"X{t + 1}"] @ W + H @ U)
    R = H @ V - Y
    return (R * R).sum()


def unrolled_slopes(of: Any, W: Any, U: Any, V: Any, Y: Any, **X: Any) -> Any:
    """Back through time."""
    states = [of.tanh(X["X1"] @ W)]
    for t in range(1, STEPS):
        states.append(of.tanh(X[f"X{t + 1}"] @ W + states[-1] @ U))
    R = 2 * (states[-1] @ V - Y)
    dW, dU, dH = 0, 0, R @ V.T
    for t in range(STEPS - 1, -1, -1):
        M = dH * (1 - states[t] ** 2)
        dW = dW + X[f"X{t + 1}"].T @ M
        if t:
            dU, dH = dU + states[t - 1].T @ M, M @ U.T
    return dW, dU, states[-1].T @ R


def unrolled_in_place(W: Array, U: Array, V: Array, Y: Array, **X: Array) -> tuple[Array, ...]:
    """The same, sums in place."""
    states = [np.tanh(X["X1"] @ W)]
    for t in range(1, STEPS):
        Z = X[f"X{t + 1}"] @ W
        Z += states[-1] @ U
        states.append(np.tanh(Z, out=Z))
    R = states[-1] @ V
    R -= Y
    R *= 2
    dV, dW, dU, dH = states[-1].T @ R, np.zeros_like(W), np.zeros_like(U), R @ V.T
    for t in range(STEPS - 1, -1, -1):
        M = states[t]
        M *= M
        np.subtract(1, M, out=M)
        M *= dH
        dW += X[f"X{t + 1}"].T @ M
        if t:
            dU += states[t - 1].T @ M
            dH = M @ U.T
    return dW, dU, dV


CASES = (
    Case(
        name="LSTM cell",
        expression=CELL,
        wrt=tuple(f"{kind}{gate}" for kind in "WU" for gate in GATES),
        arrays=CELL_ARRAYS,
        sizes=three("n", "d", "h", small="8 6 10", medium="64 50 100", large="256 300 512"),
        value=cell,
        by_hand={"stacked": cell_stacked},
        formula=cell_slopes,
    ),
    Case(
        name="16 steps of a recurrent net",
        expression=UNROLLED,
        wrt=("W", "U", "V"),
        arrays=UNROLLED_ARRAYS,
        sizes=three(
            "n", "d", "h", "c", small="4 6 10 3", medium="32 40 100 10", large="128 200 400 10"
        ),
        value=unrolled,
        by_hand={"in place": unrolled_in_place},
        formula=unrolled_slopes,
    ),
)
