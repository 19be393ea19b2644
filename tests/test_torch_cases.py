"""The golden cases that say what their value is in PyTorch agree with its derivatives."""

import numpy as np
import pytest
from golden import Golden, derivation, point, read_cases

pytest.importorskip("torch")

from torch_slopes import expected

CASES = [case for case in read_cases() if case.torch]


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("equal", [False, True], ids=["unequal sizes", "equal sizes"])
def test_derivative(case: Golden, equal: bool) -> None:
    """The printed answer and the generated function are what automatic differentiation gives."""
    found = derivation(str(case))
    here = point(case, found, equal=equal)

    (computed,) = here.computed(found)

    truth = expected(case, found, here)
    scale = max(1.0, float(abs(truth).max()))
    printed = here.printed(found, found.results[case.wrt])
    assert np.isfinite(truth).all()
    assert computed.shape == printed.shape == truth.shape
    assert abs(computed - truth).max() < 1e-9 * scale
    assert abs(printed - truth).max() < 1e-9 * scale
