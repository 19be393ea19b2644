"""The search: random and systematic derivations, judged by an evaluator of its own."""
