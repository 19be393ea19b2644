"""Proofs of rules."""
