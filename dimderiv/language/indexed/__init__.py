"""What only subscripts, index statements and convolutions need; loaded where a text has them."""

from typing import TYPE_CHECKING

from dimderiv.lazy import late

if TYPE_CHECKING:
    from dimderiv.language.indexed.apart import with_own_letters
    from dimderiv.language.indexed.convolutions import spelled_convolution
    from dimderiv.language.indexed.einsum import EXAMPLE, spelled_einsum
    from dimderiv.language.indexed.free_subscripts import meant, with_free_subscripts
    from dimderiv.language.indexed.gathered import with_columns
    from dimderiv.language.indexed.running import RUNNING, running_tokens, runs
    from dimderiv.language.indexed.subscripts import BRACED, braced_tokens, with_subscripts
    from dimderiv.language.indexed.summation import explicit, implicit, lone_entries
else:
    __getattr__ = late(
        __name__,
        apart="with_own_letters",
        convolutions="spelled_convolution",
        einsum="EXAMPLE spelled_einsum",
        free_subscripts="meant with_free_subscripts",
        gathered="with_columns",
        running="RUNNING running_tokens runs",
        subscripts="BRACED braced_tokens with_subscripts",
        summation="explicit implicit lone_entries",
    )

__all__ = [
    "BRACED",
    "EXAMPLE",
    "RUNNING",
    "braced_tokens",
    "explicit",
    "implicit",
    "lone_entries",
    "meant",
    "running_tokens",
    "runs",
    "spelled_convolution",
    "spelled_einsum",
    "with_columns",
    "with_free_subscripts",
    "with_own_letters",
    "with_subscripts",
]
