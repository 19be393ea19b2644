"""Code that looks for a minimum by scipy.optimize, by gradients and products with the Hessian."""

from collections.abc import Mapping, Sequence

from dimderiv.language import Shape
from dimderiv.lazy import pattern

# The method takes products with the Hessian in place of the Hessian.
METHOD = "Newton-CG"
# Names of symbols begin with a letter, so none of them is one of these.
DRIVER = '''def minimum({arguments}, **_options):
    """Look for a minimum of {source} by {variables}, from the values given for {variables}.

    {shapes}

    Returns what is found for {variables}, and the report of scipy.optimize.minimize.
    """
    _starts = [np.asarray(_each, dtype=float) for _each in [{wrt}]]
    _ends = np.cumsum([_start.size for _start in _starts])[:-1]

    def _apart(_x):
        _pieces = np.split(_x, _ends)
        return [_piece.reshape(_s.shape) for _piece, _s in zip(_pieces, _starts, strict=True)]

    def _joined(_arrays):
        _arrays = _arrays if isinstance(_arrays, tuple) else (_arrays,)
        return np.concatenate([np.ravel(_array) for _array in _arrays])

    def _value_and_gradient(_x):
        [{wrt}] = _apart(_x)
        _value, _found = {gradient}({arguments})
        return float(_value), _joined(_found)

    def _product(_x, _v):
        [{wrt}], [{directions}] = _apart(_x), _apart(_v)
        return _joined({hessian}({arguments}, {directions}))

    _result = scipy.optimize.minimize(
        _value_and_gradient,
        _joined(tuple(_starts)),
        jac=True,
        hessp=_product,
        **{{"method": "{method}", **_options}},
    )
    return (*_apart(_result.x), _result)
'''
SIGNATURE = pattern(r"(?m)^def (\w+)\(([^)]*)\):$")


def minimum_source(
    expression: str,
    wrt: Sequence[str],
    shapes: Mapping[str, Shape],
    gradient: str,
    product: str,
) -> str:
    """The source of a module whose last function looks for a minimum.

    Args:
        expression: what is minimised, as it was written.
        wrt: the variables.
        shapes: of all symbols, in the order of the arguments of functions.
        gradient: a module whose last function returns the value and the gradients.
        product: a module whose last function returns products of the Hessian with directions, one
            for each variable, which are its last arguments.
    """
    (first, given), (second, every) = map(_signature, (gradient, product))
    called = dict(zip(shapes, given, strict=True))
    last = DRIVER.format(
        arguments=", ".join(given),
        source=" ".join(expression.replace("\\", "").split()),
        variables=", ".join(wrt),
        shapes=", ".join(f"{name}: {shape}" for name, shape in shapes.items()),
        wrt=", ".join(called[name] for name in wrt),
        directions=", ".join(every[len(given) :]),
        gradient=first,
        hessian=second,
        method=METHOD,
    )
    return _together([gradient, product], last)


def _together(sources: Sequence[str], last: str) -> str:
    """Modules as one: what several of them have stands once, and imports stand first."""
    blocks = dict.fromkeys(block.strip() for each in sources for block in each.split("\n\n\n"))
    imports = dict.fromkeys(
        line
        for block in blocks
        if block.startswith(("import", "from"))
        for line in block.split("\n")
    )
    functions = [block for block in blocks if not block.startswith(("import", "from"))]
    return "\n\n\n".join(["\n".join([*imports, "import scipy.optimize"]), *functions, last])


def _signature(source: str) -> tuple[str, list[str]]:
    """The name and the arguments of the last function of a module."""
    name, arguments = SIGNATURE.findall(source)[-1]
    return name, arguments.split(", ")
