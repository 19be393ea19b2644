"""How fast generated code, derivations and start-up are, against the alternatives.

`python -m benchmarks` measures everything and writes `docs/performance.md`.
"""
