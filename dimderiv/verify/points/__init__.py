"""The judge at points: an answer beside what perturbed entries give."""
