"""A test of generated code, as a module of its own or below the code."""

import ast
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from dimderiv.codegen.gradcheck.calls import Calls
from dimderiv.codegen.gradcheck.compared import Tested
from dimderiv.codegen.gradcheck.parts import (
    ASSERT_CLOSE,
    CONSTANTS,
    DIFFERENCES,
    KINDS,
    MAIN,
    STEPS,
)
from dimderiv.codegen.gradcheck.sample import Sampler
from dimderiv.codegen.targets import indented, python_name

# jax computes in floats of 32 bits otherwise, in which differences tell nothing.
_PRECISE: Mapping[str, str] = {"jax": 'jax.config.update("jax_enable_x64", True)'}
# What the tests of layers use of a library.
_LIBRARIES: Mapping[str, str] = {
    "jax": "import jax\nimport jax.numpy as jnp",
    "torch": "import torch",
}
_STANDARD = frozenset({"functools", "itertools", "math"})


class Part(NamedTuple):
    """A statement of a module: its text, and the name of what it defines as a function or class."""

    text: str
    name: str = ""


def test_source(tested: Tested, style: str, seed: int, module: str | None = None) -> str:
    """The text of the test, which pytest and Python run.

    Args:
        tested: the code.
        style: how entries are drawn of which nothing is said.
        seed: of the numbers.
        module: where the code stands; without it, the code is a part of the text.
    """
    imports, code = split(tested.code)
    more, value = split(tested.value)
    body = _body(tested, style, seed)
    known = {part.text for part in code}
    value = [part for part in value if part.text not in known]
    text = "\n\n\n".join([*(part.text for part in value), *body])
    imports = [*(imports if module is None else []), *more, *_imports(tested, text)]
    told = f'"""A gradcheck of {tested.name}: derivatives beside central differences of values."""'
    if module is None:
        told = ""
    else:
        names = sorted({part.name for part in code if f"{part.name}(" in text} - {""})
        imports.append(f"from {module} import {', '.join(names)}")
    above = [told, *_sorted(imports, module), _PRECISE.get(tested.target, "")]
    whole = [part.text for part in code] if module is None else []
    return "\n\n\n".join(["\n\n".join(filter(None, above)), *whole, text]) + "\n"


def split(source: str) -> tuple[list[str], list[Part]]:
    """The imports of a module, and its other statements.

    Args:
        source: the module.
    """
    imports, parts = list[str](), list[Part]()
    lines = source.splitlines()
    for node in ast.parse(source).body:
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(each.lineno for each in decorators)])
        text = "\n".join(lines[first - 1 : node.end_lineno])
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports.append(text)
        else:
            parts.append(Part(text, getattr(node, "name", "")))
    return imports, parts


def _body(tested: Tested, style: str, seed: int) -> Iterator[str]:
    """What stands below the code and the function of the value."""
    sampler = Sampler(tested.symbols, [*tested.sizes[0]])
    asked = {
        function: {
            argument: f'sizes["{sampler.names[argument.rstrip("_")]}"]'
            for argument in _sizes(tested, source, function)
        }
        for function, source in ((tested.name, tested.code), ("value", tested.value))
    }
    lines = ["for sizes in SIZES:", *indented(Calls(tested, asked).lines())]
    told = f'"""{tested.name} agrees with central differences of the value."""'
    calls = "\n".join([f"def {tested.test}():", *indented([told, *lines])])
    needed = list[str]()
    for function, text in reversed([*DIFFERENCES.items()]):
        if f"{function}(" in "\n".join([calls, *needed]):
            needed.insert(0, text)
    sample = "\n".join(sampler.lines(style, seed))
    sizes = [{sampler.names[name]: n for name, n in each.items()} for each in tested.sizes]
    step, tolerance = STEPS[max(computed.order for computed in tested.computed)]
    yield CONSTANTS.format(step=step, tolerance=tolerance, sizes=json.dumps(sizes))
    yield from (text for kind, text in KINDS.items() if f"{kind}(" in sample)
    yield from (sample, *needed, ASSERT_CLOSE, calls)
    yield MAIN.format(test=tested.test, name=tested.name)


def _sizes(tested: Tested, source: str, name: str) -> list[str]:
    """The arguments of a function that are no arrays."""
    arrays = {python_name(symbol) for symbol in tested.symbols}
    tree = next(n for n in ast.parse(source).body if getattr(n, "name", "") == name)
    methods = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    function = methods[0]
    names = [argument.arg for argument in function.args.args]
    return [each for each in names if each not in arrays and each != "self"]


def _imports(tested: Tested, text: str) -> Iterator[str]:
    yield "import numpy as np"
    if "partial(" in text:
        yield "from functools import partial"
    if tested.form == "layer":
        yield from _LIBRARIES.get(tested.target, "").splitlines()
    elif tested.target == "jax":
        yield "import jax"


def _sorted(imports: Sequence[str], own: str | None) -> list[str]:
    """Lines of imports in groups: of the standard library, of others, of the code itself."""
    groups: tuple[list[str], ...] = ([], [], [])
    for line in sorted({*imports}, key=lambda line: (line.startswith("from"), line)):
        module = line.split()[1]
        groups[0 if module in _STANDARD else 2 if module == own else 1].append(line)
    return ["\n".join(group) for group in groups if group]
