"""Texts that are too long to be looked at, made short."""

LINES, WIDTH = 24, 1000


def shortened(text: str) -> str:
    """A text without the middle of what is too long to be looked at.

    >>> shortened("a" * 3000)[-7:]
    'aaa ...'
    """
    lines = [line if len(line) <= WIDTH else f"{line[:WIDTH]} ..." for line in text.split("\n")]
    if len(lines) > LINES:
        half = LINES // 2
        lines = [*lines[:half], f"... {len(lines) - 2 * half} more lines ...", *lines[-half:]]
    return "\n".join(lines)
