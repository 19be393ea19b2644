"""What stands in every test: differences, how they are compared, and arrays of certain kinds."""

from collections.abc import Mapping

# Half the distance at which values are compared, and the error that is allowed, by the order.
STEPS: Mapping[int, tuple[str, str]] = {1: ("1e-5", "1e-6"), 2: ("1e-4", "1e-5")}

CONSTANTS = """\
# Values are taken a step ahead and a step behind; so much of the largest entry may be wrong.
STEP, TOLERANCE = {step}, {tolerance}
# The sizes of the arrays that are compared, small and unequal.
SIZES = {sizes}"""

DIFFERENCES: Mapping[str, str] = {
    "along": '''\
def along(function, given, directions):
    """The central difference of a function whose arguments move in their directions together."""
    ahead, behind = (
        function(**given | {name: given[name] + step * d for name, d in directions.items()})
        for step in (STEP, -STEP)
    )
    return (np.asarray(ahead) - np.asarray(behind)) / (2 * STEP)''',
    "differences": '''\
def differences(function, given, name, tied=np.asarray):
    """Central differences by each entry of an argument: the axes of the value, then its own."""
    shape = np.shape(given[name])
    units = np.eye(np.size(given[name])).reshape(-1, *shape)
    slopes = [along(function, given, {name: tied(unit)}) for unit in units]
    return np.stack(slopes, axis=-1).reshape(slopes[0].shape + shape)''',
    "by_each": '''\
def by_each(function, name, *tied):
    """The function of the central differences by each entry of an argument."""
    return lambda **given: differences(function, given, name, *tied)''',
}

ASSERT_CLOSE = '''\
def assert_close(found, expected, told):
    """Fail where shapes differ, or an entry is too far off."""
    found, expected = np.asarray(found), np.asarray(expected)
    shapes = f"{told} has the shape {found.shape}, and the differences {expected.shape}"
    assert found.shape == expected.shape, shapes
    error = np.abs(found - expected).max()
    allowed = TOLERANCE * max(np.abs(expected).max(), 1.0)
    assert error <= allowed, f"{told} is off by {error:.2g}, where {allowed:.2g} is allowed"'''

KINDS: Mapping[str, str] = {
    "definite": '''\
def definite(array):
    """A symmetric positive definite matrix."""
    return array @ array.T + np.eye(len(array))''',
    "symmetric": '''\
def symmetric(array):
    """The lower triangle and its mirror image."""
    return np.tril(array) + np.tril(array, -1).T''',
    "skew": '''\
def skew(array):
    """A matrix that is minus its transpose."""
    return array - array.T''',
    "distribution": '''\
def distribution(array):
    """Positive entries that sum to 1 along the last axis."""
    return np.exp(array) / np.exp(array).sum(axis=-1, keepdims=True)''',
}

MAIN = """\
if __name__ == "__main__":
    {test}()
    print("{name} agrees with central differences of the value")"""
