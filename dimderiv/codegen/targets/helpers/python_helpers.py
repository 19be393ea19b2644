# mypy: disable-error-code="no-untyped-def, no-untyped-call"
"""The functions that generated code may need for every target.

They are not called here: generated code contains the text of those that it uses, above its own
function.  Therefore they are written as a user would, without types, and need Python alone.
"""


def misfit(known=None, /, **expected):
    """The error that says which array has not the expected shape, and which one says so."""
    sizes = {dim: (size, "") for dim, size in (known or {}).items()}
    for name, (array, *dims) in expected.items():
        fits = array.ndim == len(dims)
        for dim, size in zip(dims, array.shape, strict=True) if fits else ():
            number = (dim, "") if isinstance(dim, int) else (size, f" from {name}")
            fits = fits and sizes.setdefault(dim, number)[0] == size
        if not fits:
            shape = f"({', '.join(map(str, dims))}{',' * (len(dims) == 1)})"
            named = [(dim, *sizes[dim]) for dim in dict.fromkeys(dims) if dim in sizes]
            why = " and ".join(f"{d} = {n}{source}" for d, n, source in named if d != n)
            reason = f" with {why}" if why else ""
            return ValueError(f"{name} has shape {tuple(array.shape)}, expected {shape}{reason}")


def linear_map(apply, apply_adjoint):
    """Both products with a linear map."""
    functions = {"apply": staticmethod(apply), "apply_adjoint": staticmethod(apply_adjoint)}
    return type("LinearMap", (), functions)()
