"""Reference cycles are left to be collected later, and the collector is left as it was."""

import gc

import pytest

from dimderiv.derivation.pipeline import without_collecting


@pytest.mark.parametrize("is_on", [True, False])
def test_the_collector_is_off_inside_and_as_before_afterwards(is_on: bool) -> None:
    """Also where an error ends it."""
    was_on = gc.isenabled()
    (gc.enable if is_on else gc.disable)()
    try:
        with pytest.raises(ZeroDivisionError), without_collecting():
            assert not gc.isenabled()
            raise ZeroDivisionError

        assert is_on is gc.isenabled()
    finally:
        (gc.enable if was_on else gc.disable)()
