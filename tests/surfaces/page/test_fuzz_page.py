"""Whatever is sent to the local server, it answers, runs and writes nothing, and escapes all."""

from fuzz_page import tried


def test_random_requests_are_answered_harmlessly() -> None:
    """More by the command, `python tests/fuzz_page.py`."""
    assert [] == [each for each in tried(20_000, range(40)) if each[3]]
