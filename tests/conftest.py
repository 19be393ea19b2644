"""Which files are collected: the search for mistakes needs torch."""

from importlib.util import find_spec

_OF_TORCH = (
    "search/*",
    "indexed/*",
    "torch_slopes.py",
    "convexity.py",
    "curvature/test_convexity_search.py",
    "verify/test_*letters.py",
)
collect_ignore_glob = [] if find_spec("torch") else [*_OF_TORCH]
