"""A plan can be printed: one line an operation, with its shape."""

from collections.abc import Mapping, Sequence

import pytest

from dimderiv import derive
from dimderiv.codegen.plan.programs import Programs
from dimderiv.codegen.plan.variants import Variant


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What plans are printed as, each when it is made."""
    texts: list[str] = []
    original = Programs.planned

    def noted(self: Programs, every: Sequence[Mapping[str, int]]) -> Variant:
        made = original(self, every)
        texts.append(str(made))
        return made

    monkeypatch.setattr(Programs, "planned", noted)
    return texts


def test_the_plan_of_least_squares(shown: list[str]) -> None:
    """What is given, then each operation by its number, after what it needs."""
    derive("||X w - y||^2", "w", verify=False).code()

    assert [
        "X: m x n",
        "w: n",
        "1 = matmul(X, w): m",
        "y: m",
        "2 = -(1, y): m",
        "3 = matmul(2, X): n",
        "4 = *(2, 3): n",
        "return 4",
    ] == shown[0].splitlines()


def test_names_of_the_user_and_what_an_operation_takes_besides_arrays(shown: list[str]) -> None:
    """The order of a transpose, the axes of a sum."""
    derive("P = X W; sum(P .* P)", "X", shapes="X: m x n; W: n x k", verify=False).code()
    derive("sum(X w)", "w", verify=False).code()

    assert "P = matmul(X, W): m x k" in shown[0]
    assert "1 = transpose(W, (1, 0)): k x n" in shown[0]
    assert "1 = reduce(X, sum, (0,)): n\nreturn 1" in shown[-1]
