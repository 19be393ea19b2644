"""Calls in code: of functions of libraries, of methods, and of functions that the text defines."""

import ast
import inspect
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import NoReturn

from dimderiv.errors import Span
from dimderiv.language import Call, Signature, instead
from dimderiv.sources.code import modules
from dimderiv.sources.code.functions import FORMULAS, FUNCTIONS, PLAIN
from dimderiv.sources.code.scope import Scope
from dimderiv.sources.code.values import (
    Array,
    Function,
    Kind,
    Place,
    Slope,
    Value,
    Written,
    described,
)

DEEPEST = 20
# What libraries call the same argument.
_ARGUMENTS = {
    "dim": "axis",
    "keepdim": "keepdims",
    "input": "a",
    "x": "a",
    "x1": "a",
    "x2": "b",
    "other": "b",
    "q": "b",
    "arrays": "a",
    "tensors": "a",
    "condition": "a",
}
_WITHOUT_MEANING = frozenset({"dtype", "device", "inplace", "precision", "optimize"})

Arguments = tuple[Sequence[Value], Mapping[str, Value]]


class Calls(Scope):
    """Reads calls."""

    depth = 0

    @abstractmethod
    def value(self, node: ast.expr) -> Value:
        """What an expression is."""

    @abstractmethod
    def run(self, body: Sequence[ast.stmt]) -> Value:
        """What statements return."""

    @abstractmethod
    def derivative(self, node: ast.Call, function: Function, given: Arguments) -> Value:
        """A derivative, or a function that is one; nothing where something else is called."""

    @abstractmethod
    def derivative_at(self, node: ast.Call, slope: Slope, given: Arguments) -> Value:
        """A derivative of a function at its arguments."""

    def called(self, node: ast.Call) -> Value:
        """What a call returns."""
        function = self._function(node)
        given = self._arguments(node)
        match function:
            case Written():
                return self.inlined(node, function, given)
            case Slope():
                return self.derivative_at(node, function, given)
            case Function():
                found = self.derivative(node, function, given)
                return self._of_library(node, function, given) if found is None else found
            case Kind():
                return given[0][0]
            case Array() if isinstance(node.func, ast.Attribute):
                method = Function(node.func.attr, self.known.library)
                return self._of_library(node, method, ([function, *given[0]], given[1]))
        self.refuse(node, f"{described(function)} is no function")

    def _arguments(self, node: ast.Call) -> Arguments:
        found: list[Value] = []
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                several = self.value(argument.value)
                if not isinstance(several, tuple):
                    self.refuse(argument, "this is no list of several values")
                found += several
            else:
                found.append(self.value(argument))
        return found, {each.arg: self.value(each.value) for each in node.keywords if each.arg}

    def _function(self, node: ast.Call) -> Value:
        """What is called; of a method, the array that has it."""
        match node.func:
            case ast.Name(name) if name not in self.env and not self.is_formula:
                if name in self.known.functions:
                    return Function(name, "declared")
                if name in PLAIN - modules.BUILTINS:
                    return Function(name, self.known.library)
                if name not in modules.BUILTINS:
                    self._unknown(node, name)
            case ast.Attribute(ast.Name("self")) if self.is_open("self"):
                self._unknown(node, "")
            case ast.Attribute(owner, name):
                base = self.value(owner)
                if isinstance(base, Array):
                    if name not in FUNCTIONS and name not in FORMULAS:
                        self._unknown(node, name)
                    return base
        return self.value(node.func)

    def _of_library(self, node: ast.Call, function: Function, given: Arguments) -> Value:
        at, name = self.place(node, function.library), function.name
        if function.library == "declared":
            return self._declared(at, self.known.functions[name], name, given[0])
        named = {_ARGUMENTS.get(key, key): value for key, value in given[1].items()}
        named = {key: value for key, value in named.items() if key not in _WITHOUT_MEANING}
        if name in FORMULAS:
            with self._as_formula(at.span):
                return self.inlined(node, _formula(name), (given[0], named))
        read = FUNCTIONS.get(name)
        if read is None:
            self._unknown(node, name)
        try:
            inspect.signature(read).bind(at, *given[0], **named)
        except TypeError as error:
            at.refuse(f"{name} is not read with these arguments: {error}")
        return read(at, *given[0], **named)

    def _declared(
        self, at: Place, signature: Signature, name: str, given: Sequence[Value]
    ) -> Array:
        """A function of which only the kind is known."""
        arrays = [at.array(each) for each in given]
        call = Call(name, tuple([each.tree for each in arrays]), span=at.span)
        if signature.is_elementwise and arrays:
            return Array(call, arrays[0].axes, is_row=arrays[0].is_row)
        is_row = signature.value.is_row
        return Array(call, 2 if is_row else len(signature.value.axes))

    def _unknown(self, node: ast.Call, name: str) -> NoReturn:
        written = self.text.written(node.func) if not self.is_formula else name
        hint = instead(name)
        hint = f"in the language: {hint}" if hint else None
        if isinstance(node.func, ast.Name):
            hint = hint or f"its definition in the same text: def {name}(...): ..."
        self.refuse(node.func, f"{written} is not read", hint)

    @contextmanager
    def _as_formula(self, span: Span) -> Iterator[None]:
        outside, self.call_span = self.call_span, self.call_span or span
        try:
            yield
        finally:
            self.call_span = outside

    def inlined(self, node: ast.Call, function: Written, given: Arguments) -> Value:
        """What a function returns that is written in code, read with these arguments."""
        if self.depth == DEEPEST:
            self.refuse(node, f"{function.name} calls itself", "the formula itself")
        bound = self._bound(node, function, given)
        outside, self.env = self.env, {**function.around, **bound}
        self.depth += 1
        try:
            if isinstance(function.body, ast.expr):
                return self.value(function.body)
            return self.run(function.body)
        finally:
            self.env = outside
            self.depth -= 1

    def _bound(self, node: ast.Call, function: Written, given: Arguments) -> dict[str, Value]:
        """The arguments by the names of the parameters."""
        positional, named = given
        parameters = function.parameters
        names = [each.arg for each in (*parameters.posonlyargs, *parameters.args)]
        keywords = [each.arg for each in parameters.kwonlyargs]
        bound = dict(zip(names, positional, strict=False))
        is_wrong = len(positional) > len(names) or parameters.vararg or parameters.kwarg
        if is_wrong or set(named) - {*names, *keywords} or set(named) & set(bound):
            self.refuse(node, f"{function.name} is not read with these arguments")
        bound |= named
        for name, default in self.defaults(parameters):
            if name not in bound:
                bound[name] = self.value(default)
        for name in (*names, *keywords):
            if name not in bound:
                self.refuse(node, f"{function.name} is called without {name}")
        return bound

    @staticmethod
    def defaults(parameters: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
        """The parameters with a default, and that."""
        names = [*parameters.posonlyargs, *parameters.args]
        with_default = names[len(names) - len(parameters.defaults) :]
        for parameter, default in zip(with_default, parameters.defaults, strict=True):
            yield parameter.arg, default
        for parameter, given in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True):
            if given is not None:
                yield parameter.arg, given


@cache
def _formula(name: str) -> Written:
    body = ast.parse(FORMULAS[name], mode="eval").body
    assert isinstance(body, ast.Lambda)
    return Written(name, body.args, body.body, {})
