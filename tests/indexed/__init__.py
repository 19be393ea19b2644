"""A search among random index statements, judged by PyTorch."""
