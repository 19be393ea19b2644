"""Which files are collected: the search for mistakes needs torch."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") else ["search/*"]
