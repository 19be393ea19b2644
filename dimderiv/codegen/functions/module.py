"""A derivative as the source of a function for a target."""

import builtins
import keyword
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from itertools import chain
from textwrap import wrap

from dimderiv.codegen.blocks import Choice, best_blocking
from dimderiv.codegen.functions.loops import Loops
from dimderiv.codegen.functions.statements import WIDTH, Statements
from dimderiv.codegen.plan import (
    Condition,
    Goals,
    Operation,
    Programs,
    Sides,
    Sizes,
    Variant,
    chosen,
    factorized,
    is_of_numbers,
    is_used,
    regimes,
)
from dimderiv.codegen.read import axes_of
from dimderiv.codegen.targets import (
    ATOM,
    PRODUCT,
    Arguments,
    Identifiers,
    Writer,
    as_given,
    called_functions,
    described,
    helper_functions,
    helper_source,
    indented,
    writer_of,
)
from dimderiv.graph import Node
from dimderiv.infer import Typed
from dimderiv.language import SCALAR, Declaration, Dim, Shape, declared_part, spelled_out
from dimderiv.rulebook import Rulebook, builtin_rules

# Whether a plan is used at certain sizes.
Used = Callable[[Sizes], bool]


def source(
    target: str,
    name: str,
    value: Typed | None,
    answers: Sequence[Typed],
    symbols: Mapping[str, Declaration],
    *,
    docstring: str,
    of: Sequence[Shape] = (),
    wrt: Sequence[Shape] = (),
    rulebook: Rulebook | None = None,
    titles: Sequence[str] = (),
    results: Sequence[str] = (),
    nodes: Sequence[Node] = (),
    sizes: Mapping[str, int] | None = None,
) -> str:
    """The source of a function that computes derivatives, and the value where it is asked for.

    Args:
        target: the name of the target.
        name: the function's name.
        value: the expression whose value is returned before the derivatives, if any.
        answers: the derivatives, or one program that defines them.
        symbols: the arguments of the function, in order, with their shapes.
        docstring: the text of the function's docstring.
        of: for each answer the shape of what is differentiated; scalars where it is not given.
        wrt: for each answer the shape of the variable; needed where `of` is no scalar.
        rulebook: the rules in use, where functions may be defined that are not built in.
        titles: a name for each answer, for its variable.
        results: the names of the definitions that are the derivatives, where one program has all.
        nodes: the derivatives as they were found, where one is written entry by entry: that is
            not read.
        sizes: a number for each named size, where the code is to be the best at these sizes.

    Returns:
        A module of Python: imports, the helper functions that are used, and the function, which
        returns one array for one answer, a tuple for several, `(value, derivative)` with a value.

    Raises:
        UnknownNameError: there is no such target.
    """
    rulebook = rulebook or builtin_rules()
    wrt = wrt or [program.value for program in answers]
    layouts = [(SCALAR, value.value)] if value else []
    layouts += zip(of or [SCALAR] * len(wrt), wrt, strict=True)
    *before, answer = [*([value] if value else []), *answers]
    goals = [Goals(program, rulebook) for program in before]
    goals.append(Goals(answer, rulebook, results, nodes))
    made = Module(writer_of(target), Programs(goals, layouts), symbols, rulebook)
    titles = ["value", *titles] if value else titles
    return made.source(name, docstring, titles, value is not None, sizes)


class Module:
    """The module with one function.

    Args:
        writer: the writer of the target.
        programs: what the function computes.
        symbols: the arguments of the function.
        rulebook: the rules in use.
        taken: names that the function gives to parts of its own.
    """

    def __init__(
        self,
        writer: type[Writer],
        programs: Programs,
        symbols: Mapping[str, Declaration],
        rulebook: Rulebook,
        taken: Sequence[str] = (),
    ) -> None:
        self.writer = writer.by(rulebook)
        self.programs = programs
        self.rulebook = rulebook
        imported = writer.imports.split()
        own = {
            *imported,
            "itertools",
            "math",
            *dir(builtins),
            *writer.reserved,
            *helper_functions(writer.helper_file),
        }
        self.identifiers = Identifiers({*own, *taken})
        self.arguments = Arguments(symbols, self.identifiers, programs.sizes)
        self.used: set[str] = set()
        functions = called_functions(programs.functions(), rulebook.declared)
        self.functions = {name: self.identifiers.new(spelled_out(name)) for name in functions}
        # What the code has of its own gives way to what the user named.
        self.local = {*writer.reserved, *taken}
        self.giving_way = {*own, *taken} - {*keyword.kwlist}

    def source(
        self,
        name: str,
        docstring: str,
        titles: Sequence[str],
        with_value: bool,
        sizes: Mapping[str, int] | None,
    ) -> str:
        """The text of the module."""
        body = self.branches(
            sizes, lambda variant, used: self._body(variant, titles, with_value, sizes, used)
        )
        return self.whole(name, docstring, body)

    def whole(
        self, name: str, docstring: str, body: Sequence[str], first: Sequence[str] = ()
    ) -> str:
        """The text of the module whose function has these lines."""
        lines = [*self.docstring(docstring), *first, *self.opening(self.arguments, body), *body]
        return self.together([f"def {name}({', '.join(self.given)}):", *indented(lines)])

    @property
    def given(self) -> list[str]:
        """The names of the arguments, and of functions and sizes that are handed in."""
        return [*self.arguments.names, *self.functions.values(), *self.arguments.asked]

    def branches(
        self, sizes: Mapping[str, int] | None, body: Callable[[Variant, Used], list[str]]
    ) -> list[str]:
        """The lines that compute the results: those of one plan, or of the one that suits sizes."""
        variants, condition = self.variants(sizes, self.arguments.readable)
        bodies = [
            body(variant, partial(is_used, place, condition))
            for place, variant in enumerate(variants)
        ]
        if condition is None:
            return bodies[-1]
        lines, tests = self._tests(condition)
        for test, inner in zip(tests, bodies, strict=False):
            lines += [f"if {test}:", *indented(inner)]
        return [*lines, *bodies[-1]]

    def _tests(self, condition: Condition) -> tuple[list[str], list[str]]:
        """The lines that find the smallest of some counts, and the test for each but the last."""
        if len(condition) == 2:
            return [], [" < ".join(map(self.arguments.size, condition))]
        counts = map(self.arguments.count, condition)
        every, least = map(self.identifiers.new, ("counts", "least"))
        wrapped = [wrap(f"{count},", WIDTH - 4, subsequent_indent="    ") for count in counts]
        lines = [f"{every} = (", *indented([*chain.from_iterable(wrapped)]), ")"]
        tests = [f"{least} == {place}" for place in range(len(condition) - 1)]
        return [*lines, f"{least} = {every}.index(min({every}))"], tests

    def variants(
        self, sizes: Mapping[str, int] | None, readable: Collection[str]
    ) -> tuple[list[Variant], Condition | None]:
        """The plans, and the condition by which one of them is used."""
        named = list(self.arguments.sizes)
        stages = [[dict(sizes)]] if sizes else regimes(named)
        return chosen(self._planned, stages, readable)

    def _planned(self, every: Sequence[Mapping[str, int]]) -> Variant:
        return factorized(self.programs.planned(every), self.writer.factors)

    def opening(
        self,
        arguments: Arguments,
        body: Sequence[str],
        converted: Callable[[list[str]], list[str]] | None = None,
    ) -> list[str]:
        """The lines that come before the body of a function."""
        writer = self.writer(arguments, self._helper, self.functions)
        given = converted or writer.converted

        def typed(names: list[str]) -> list[str]:
            arrays = [name for name in names if name not in arguments.labels]
            labels = [name for name in names if name in arguments.labels]
            whole = [f"{name} = {writer.labels.format(name)}" for name in labels]
            return [*(given(arrays) if arrays else []), *whole]

        lines = arguments.opening("\n".join(body), typed, writer.row)
        self.used |= {"misfit"} if "misfit(" in "\n".join(lines) else set()
        return lines

    def docstring(self, text: str) -> list[str]:
        """The lines of a docstring, with what is to be said of functions that are handed in."""
        told = [
            described(
                function,
                python,
                self.rulebook.declared[declared_part(function)[0]],
            )
            for function, python in self.functions.items()
        ]
        return quoted("\n".join([text, *([""] if told else []), *told]))

    def together(self, lines: Sequence[str]) -> str:
        """The text of the module."""
        text = "\n".join([*lines, ""])
        above = helper_source(self.writer.helper_file, self.used, self.writer.imports, text)
        given = {spelled_out(name): python for name, python in self.functions.items()}
        given |= {name: self.arguments.sizes[name] for name in self.arguments.missing}
        given |= self.arguments.python
        swapped = {python: name for name, python in given.items() if name in self.giving_way}
        return f"{above}\n\n\n{as_given(text, swapped, self.local) if swapped else text}"

    def _body(
        self,
        variant: Variant,
        titles: Sequence[str],
        with_value: bool,
        sizes: Mapping[str, int] | None,
        used: Used,
    ) -> list[str]:
        """The lines for one plan: plain ones, and a loop over blocks where it is worth that."""
        writer = self.writer(self.arguments, self._helper, self.functions)
        names, outputs = variant.names, variant.outputs
        choice = None
        if writer.in_blocks:
            choice = best_blocking(outputs, self.arguments.readable, sizes, used)
        if choice is not None:
            loops = Loops(choice, titles, names, writer, self.identifiers.copy())
            lines = [*loops.lines, *self._returning(loops.rest(), outputs, with_value)]
            condition = _condition(choice, writer)
            if sizes or not condition:
                return lines
            lines = [f"if {condition}:", *indented(lines)]
        statements = Statements(outputs, titles, names, writer, self.identifiers.copy())
        plain = self._returning(statements, outputs, with_value)
        return plain if choice is None else [*lines, *plain]

    def _returning(
        self, statements: Statements, outputs: Sequence[Operation], with_value: bool
    ) -> list[str]:
        result = _result(self.results(statements, outputs, self.programs.layouts), with_value)
        return [*statements.lines, f"return {result}"]

    def _helper(self, name: str) -> str:
        self.used.add(name)
        return name

    def results(
        self, statements: Statements, outputs: Sequence[Operation], layouts: Sequence[Sides]
    ) -> list[str]:
        """The texts of what is returned; each has a line of its own where one line is too short."""
        texts = [statements.text(op).text for op in outputs]
        if sum(map(len, texts)) > WIDTH - 20:
            for op in outputs:
                statements.hold(op)
        return [
            self._returned(statements, op, axes_of(of) + axes_of(wrt))
            for op, (of, wrt) in zip(outputs, layouts, strict=True)
        ]

    def _returned(self, statements: Statements, op: Operation, axes: tuple[Dim, ...]) -> str:
        text = statements.text(op)
        if any(dim.is_one for dim in axes):
            index = ", ".join("None" if dim.is_one else ":" for dim in axes)
            return f"{text.within(ATOM)}[{index}]"
        return statements.writer.constant(text.text) if is_of_numbers(op) else text.text


def _condition(choice: Choice, writer: Writer) -> str:
    """The text of the condition under which a loop is worth it; none where it always is."""
    (less, more), entries = choice.most, (choice.blocking.count, choice.width)
    tests = []
    if entries[0].names or entries[1].names:
        text = " * ".join(writer.size(dim).within(PRODUCT) for dim in entries if not dim.is_one)
        tests.append(f"{text} > {choice.start}")
    if less.names:
        tests.append(f"{writer.size(less).text} < {more}")
    return " and ".join(tests)


def _result(texts: list[str], with_value: bool) -> str:
    if not with_value:
        return ", ".join(texts)
    value, *derivatives = texts
    several = ", ".join(derivatives)
    return f"{value}, {several}" if len(derivatives) == 1 else f"{value}, ({several})"


def quoted(text: str) -> list[str]:
    """A text as the lines of a docstring."""
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    lines = escaped.splitlines() or [""]
    if len(lines) == 1:
        return [f'"""{lines[0]}"""']
    return [f'"""{lines[0]}', *lines[1:], '"""']
