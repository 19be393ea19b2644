r"""A derivative as the source of a numpy function, and that function.

>>> function("def twice(x):\n    return 2 * x\n", "twice")(21)
42
"""

import hashlib
import linecache
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from dimderiv.codegen.arguments import Arguments
from dimderiv.codegen.arrays import Arrays, Code
from dimderiv.codegen.axes import returned
from dimderiv.codegen.expressions import Writer
from dimderiv.codegen.handed_in import called_functions, described
from dimderiv.codegen.helper_source import helper_source, helpers
from dimderiv.codegen.identifiers import Identifiers
from dimderiv.codegen.sharing import Sharing, variable
from dimderiv.codegen.user_functions import UserFunction, user_functions
from dimderiv.infer import Typed
from dimderiv.language.syntax import IndexForm, Name, Node, Statement, children
from dimderiv.language.vocabulary import HESSIAN, spelled_out
from dimderiv.rules import Rulebook
from dimderiv.shapes import SCALAR, Declaration, Shape

WIDTH = 88
# What is added to the name of a definition of which the code holds only a part.
SUFFIXES = {"diagonal": "_diagonal", "permutation": "_order"}

Visit = Callable[[int, Node, Callable[[Node], Code]], Code]


def numpy_source(
    name: str,
    value: Typed | None,
    answers: Sequence[Typed],
    symbols: Mapping[str, Declaration],
    *,
    docstring: str,
    of: Sequence[Shape] = (),
    wrt: Sequence[Shape] = (),
    rulebook: Rulebook | None = None,
) -> str:
    """The source of a function that computes derivatives, and the value where it is asked for.

    Args:
        name: the function's name.
        value: the expression whose value is returned before the derivatives, if any.
        answers: the derivatives.
        symbols: the arguments of the function, in order, with their shapes.
        docstring: the text of the function's docstring.
        of: for each answer the shape of what is differentiated; scalars where it is not given.
        wrt: for each answer the shape of the variable; needed where `of` is no scalar.
        rulebook: the rules in use, where functions may be defined that are not built in.

    Returns:
        A module of Python: imports, the helper functions that are used, and the function, which
        returns one array for one answer, a tuple for several, `(value, derivative)` with a value.
    """
    programs = [*([value] if value else []), *answers]
    layouts = [(SCALAR, program.value) for program in programs]
    if wrt:
        of = of or [SCALAR] * len(wrt)
        layouts[len(programs) - len(answers) :] = zip(of, wrt, strict=True)
    defined = user_functions(rulebook)
    unknown = rulebook.unknown if rulebook is not None else {}
    nodes = [s.value for program in programs for s in needed(program.program.statements)]
    functions = called_functions(nodes, unknown)
    first = Pass(programs, symbols, defined, functions)
    first.write(first.sharing.look)
    first.sharing.find()
    second = Pass(programs, symbols, defined, functions, first.sharing)
    results = second.results(second.write(second.sharing.share), layouts)
    told = [
        described(function, python, unknown[function.lstrip(HESSIAN)])
        for function, python in second.functions.items()
    ]
    docstring = "\n".join([docstring, *([""] if told else []), *told])
    return second.source(name, docstring, _result(results, value is not None))


def function(source: str, name: str) -> Callable[..., Any]:
    """A function of generated source.

    Args:
        source: what `numpy_source` returned.
        name: the name of the function in it.

    Returns:
        The function; a traceback through it shows the lines of the source.
    """
    digest = hashlib.sha256(source.encode()).hexdigest()[:12]
    file = f"<dimderiv {name} {digest}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    namespace: dict[str, Any] = {"__name__": "dimderiv_generated"}
    exec(compile(source, file, "exec"), namespace)
    made: Callable[..., Any] = namespace[name]
    return made


class Pass:
    """One writing of all programs, into the statements of one function.

    Args:
        programs: the value, if any, and the answers.
        symbols: the arguments of the function.
        defined: the functions that only a user's rule file defines.
        functions: those that are declared only, and so are handed in.
        sharing: what the first pass found out about parts that repeat.
    """

    def __init__(
        self,
        programs: Sequence[Typed],
        symbols: Mapping[str, Declaration],
        defined: Mapping[str, UserFunction],
        functions: Sequence[str],
        sharing: Sharing | None = None,
    ) -> None:
        self.programs = programs
        self.defined = defined
        self.identifiers = Identifiers({"np", "math", "float", *helpers()})
        self.arguments = Arguments(symbols, self.identifiers)
        self.functions = {name: self.identifiers.new(spelled_out(name)) for name in functions}
        self.arrays = Arrays(self.arguments.size)
        self.is_first = sharing is None
        self.sharing = sharing or Sharing()
        self.sharing.assign = self._temporary
        self.statements: list[tuple[str, str, str]] = []
        self.used: set[str] = set()
        self._assigned: dict[Code, Code] = {}
        self._definitions = {
            statement.name
            for typed in programs
            for statement in typed.program.statements
            if statement.name
        }

    def write(self, visit: Visit) -> list[Code]:
        """The code of the value of each program; its definitions become statements.

        Args:
            visit: what is done at each node: `Sharing.look` or `Sharing.share`.
        """
        return [self._program(number, typed, visit) for number, typed in enumerate(self.programs)]

    def _program(self, number: int, typed: Typed, visit: Visit) -> Code:
        writer = Writer(
            typed,
            self.arguments.codes(),
            self.arrays,
            self._helper,
            partial(visit, number),
            self.defined,
            self.functions,
        )
        *definitions, last = needed(typed.program.statements)
        for statement in definitions:
            assert statement.name is not None
            code = self._named(statement.name, number, statement.value, writer)
            writer.define(statement.name, code)
        return writer.code(last.value)

    def _named(self, name: str, number: int, value: Node, writer: Writer) -> Code:
        if self.is_first:
            return self._definition(name, writer.code(value))
        if self.sharing.is_made(number, value):
            return writer.code(value)
        code = self._definition(name, writer.written(value))
        self.sharing.name(number, value, code)
        return code

    def _helper(self, name: str) -> str:
        self.used.add(name)
        return name

    def _definition(self, name: str, code: Code) -> Code:
        code = self.arrays.full(code) if code.form == "inverse" else code
        if code.text.isidentifier():
            return code
        if code not in self._assigned:
            suffix = SUFFIXES.get(code.form, "")
            self._assigned[code] = self._assign(self.identifiers.new(name + suffix), code)
        return self._assigned[code]

    def _temporary(self, code: Code) -> Code:
        whole = self.arrays.full(code) if code.form == "inverse" else code
        reserved = self._definitions
        return self._assign(self.identifiers.temporary(reserved), whole)

    def _assign(self, name: str, code: Code) -> Code:
        self.statements.append((f"{name} = ", code.text, f"  # {code.held}"))
        return variable(name, code)

    def source(self, name: str, docstring: str, result: str) -> str:
        """The module with the function.

        Args:
            name: the function's name.
            docstring: its docstring.
            result: the text of what it returns.
        """
        body = [line for statement in self.statements for line in broken(*statement)]
        body += broken("return ", result, "")
        lines = [*_docstring(docstring), *self.arguments.opening("\n".join(body)), *body]
        used = {*self.used, *(["checked"] if self.arguments.names else [])}
        given = [*self.arguments.names, *self.functions.values()]
        head = f"def {name}({', '.join(given)}):"
        indented = (f"    {line}".rstrip() for line in lines)
        return "\n".join([helper_source(used), "", "", head, *indented, ""])

    def results(self, codes: Sequence[Code], layouts: Sequence[tuple[Shape, Shape]]) -> list[str]:
        """The texts that are returned.

        Args:
            codes: the code of the value of each program.
            layouts: for each, the shape of the differentiated value and of the variable.
        """
        texts = []
        for typed, code, (of, wrt) in zip(self.programs, codes, layouts, strict=True):
            is_index_form = isinstance(typed.program.statements[-1].value, IndexForm)
            text = returned(code, of, wrt, is_index_form, self.arrays)
            computed = {
                *self.arguments.names,
                *self.functions.values(),
                *(start.split(" ")[0] for start, _, _ in self.statements),
            }
            is_number = not computed & set(re.findall(r"\w+", text)) and "np." not in text
            texts.append(f"np.float64({text})" if is_number else text)
        return texts


def broken(start: str, text: str, comment: str) -> list[str]:
    """A statement on one line, or with a line for each term where it is too long.

    Args:
        start: what stands before the expression.
        text: the expression.
        comment: what stands after it.

    >>> broken("return ", "a * (b + c) - d" , "")
    ['return a * (b + c) - d']
    """
    if len(start) + len(text) <= WIDTH:
        return [start + text + comment]
    depth, cuts = 0, [0]
    for place, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if depth == 0 and character == ",":
            return [start + text + comment]
        if depth == 0 and text[place : place + 3] in (" + ", " - "):
            cuts.append(place + 1)
    lines = [text[a:b].rstrip() for a, b in pairwise([*cuts, len(text)])]
    if len(lines) == 1:
        return [start + text + comment]
    return [f"{start}({comment}", *(f"    {line}" for line in lines), ")"]


def needed(statements: Sequence[Statement]) -> list[Statement]:
    """The last statement, and before it those definitions that it needs.

    Args:
        statements: the statements of a program.
    """
    kept, names = [statements[-1]], names_in(statements[-1].value)
    for statement in reversed(statements[:-1]):
        if statement.name in names:
            kept.append(statement)
            names |= names_in(statement.value)
    return kept[::-1]


def names_in(node: Node) -> set[str]:
    """The names that occur in an expression."""
    if isinstance(node, Name):
        return {node.name}
    return set[str]().union(*map(names_in, children(node)))


def _result(texts: list[str], with_value: bool) -> str:
    if not with_value:
        return ", ".join(texts)
    value, *derivatives = texts
    several = ", ".join(derivatives)
    return f"{value}, {several}" if len(derivatives) == 1 else f"{value}, ({several})"


def _docstring(text: str) -> list[str]:
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    lines = escaped.splitlines() or [""]
    if len(lines) == 1:
        return [f'"""{lines[0]}"""']
    return [f'"""{lines[0]}', *lines[1:], '"""']
