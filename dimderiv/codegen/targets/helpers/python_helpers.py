# mypy: disable-error-code="no-untyped-def, no-untyped-call"
"""The functions that generated code may need for every target.

They are not called here: generated code contains the text of those that it uses, above its own
function.  Therefore they are written as a user would, without types, and need Python alone.
"""

import itertools


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


def overlaps(sizes, windows):
    """The shape in which groups of axes are one each, and where each part of an array comes.

    The entries along a group come so many steps apart as the groups say; what comes at the same
    place is to be added up.
    """
    groups = {axis: steps for axis, _, steps in windows}
    shape, moving, start = [], [], 0
    for axis in range(len(sizes) - sum(len(steps) - 1 for steps in groups.values())):
        steps = groups.get(axis, (1,))
        counts = sizes[start : start + len(steps)]
        shape.append(1 + sum((n - 1) * step for n, step in zip(counts, steps, strict=True)))
        longest = counts.index(max(counts))
        moving.append((axis, steps[longest], counts[longest]))
        groups[axis] = [(start + k, step) for k, step in enumerate(steps) if k != longest]
        start += len(steps)
    loose = [(axis, *each) for axis, others in groups.items() for each in others]
    every = list(itertools.product(*[range(sizes[k]) for _, k, _ in loose]))
    parts = []
    for taken in every:
        first, held = [0] * len(shape), {}
        for (axis, k, step), i in zip(loose, taken, strict=True):
            held[k] = i
            first[axis] += step * i
        source = [held.get(k, slice(None)) for k in range(len(sizes))]
        target = [slice(first[a], first[a] + (n - 1) * step + 1, step) for a, step, n in moving]
        parts.append((tuple(target), tuple(source)))
    return tuple(shape), parts


def edges_of(sizes, edges):
    """The shape with zeros before and after along axes, what stays, and where that comes."""
    shape, inside, place = list(sizes), [slice(None)] * len(sizes), [slice(None)] * len(sizes)
    for axis, before, after in edges:
        shape[axis] = max(0, shape[axis] + before + after)
        inside[axis] = slice(max(-before, 0), max(sizes[axis] - max(-after, 0), 0))
        place[axis] = slice(max(before, 0), max(shape[axis] - max(after, 0), 0))
    return shape, tuple(inside), tuple(place)
