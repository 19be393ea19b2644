"""The libraries: under which names they are known, and which function an import names."""

import ast
from collections.abc import Iterator, Mapping

from dimderiv.sources.code.values import Function, Kind, Module, Value

# The first part of a path tells the library.
LIBRARIES: Mapping[str, str] = {
    "numpy": "numpy",
    "scipy": "scipy",
    "torch": "torch",
    "jax": "jax",
    "math": "numpy",
    "autograd": "numpy",
    "cupy": "numpy",
    "optax": "jax",
}
# What people call them, imported or not.
_USUAL: Mapping[str, str] = {
    "np": "numpy",
    "onp": "numpy",
    "anp": "numpy",
    "jnp": "jax.numpy",
    "lax": "jax.lax",
    "F": "torch.nn.functional",
    "nn": "torch.nn",
    "sp": "scipy",
    "special": "scipy.special",
    "linalg": "numpy.linalg",
    "LA": "numpy.linalg",
    "la": "numpy.linalg",
    **{library: library for library in LIBRARIES},
}
_PARTS = "linalg special nn functional numpy stats scipy lax ops losses activation random"
_INNER = frozenset(_PARTS.split())
_DISTRIBUTIONS = frozenset({"norm"})
_KINDS = frozenset({"float32", "float64", "float16", "double", "float_"})
# What a matrix with the name of a library would have: `F.T`, where functional has no such function.
_OF_ARRAYS = "T shape sum mean dot reshape transpose max min trace flatten ravel std var"
CONSTANTS = frozenset({"pi", "e", "inf", "newaxis"})
# The functions that Python has without a library.
BUILTINS = frozenset({"len", "abs", "sum", "max", "min", "pow", "float", "int", "range", "tuple"})


def imported(statement: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Value]]:
    """The names that an import defines, with what they are."""
    for alias in statement.names:
        name = alias.asname or alias.name
        if isinstance(statement, ast.Import):
            path = alias.name if alias.asname else alias.name.split(".")[0]
            yield name.split(".")[0], Module(path)
        else:
            yield name, within(Module(statement.module or ""), alias.name)


def usual(name: str) -> Module | None:
    """The library that a name stands for that nobody imported."""
    return Module(_USUAL[name]) if name in _USUAL else None


def within(module: Module, name: str) -> Value:
    """What a library has under a name: a part of it, or a function."""
    library = LIBRARIES.get(module.path.split(".")[0], "")
    if name in _KINDS:
        return Kind()
    if name in _INNER or name in _USUAL:
        return Module(f"{module.path}.{name}")
    if module.path.endswith("stats") and name in _DISTRIBUTIONS:
        return Module(f"{module.path}.{name}")
    if module.path.endswith(".stats.norm"):
        return Function(f"norm_{name}", library)
    if module.path == "torch.linalg":
        # Its norms are those of NumPy.
        library = "numpy"
    is_special = module.path == "scipy.special"
    return Function(name, "scipy" if is_special else library)


def modules_in(tree: ast.AST) -> dict[str, Module]:
    """The names in a text that stand for libraries that nobody imported."""
    behind: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            behind.setdefault(node.value.id, set()).add(node.attr)
    found: dict[str, Module] = {}
    for name, attributes in behind.items():
        module = usual(name)
        if module and not (name.isupper() and attributes.intersection(_OF_ARRAYS.split())):
            found[name] = module
    return found


def library_of(tree: ast.AST) -> str:
    """The library whose methods arrays have, by what else a text has of it."""
    paths = [module.path for module in modules_in(tree).values()]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            paths += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            paths.append(node.module or "")
    libraries = {LIBRARIES.get(path.split(".")[0]) for path in paths}
    return next((each for each in ("torch", "jax", "numpy") if each in libraries), "")
