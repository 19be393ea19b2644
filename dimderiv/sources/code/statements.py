"""Statements of code as definitions of the language, and the function that is asked about."""

import ast
import re
from collections.abc import Sequence

from dimderiv.language import Add, Binary, Name, Negative, Number, Program, Statement, Tree, walk
from dimderiv.sources.code import modules
from dimderiv.sources.code.expressions import Expressions
from dimderiv.sources.code.values import (
    Array,
    Parts,
    Value,
    Written,
)

_COMPILED = frozenset({"jit", "njit", "compile", "script", "staticmethod"})
_COLLECTION = re.compile(r"params?|parameters|weights|args|variables|layer\d*")
_PLAIN = (Name, Number, Negative, Add, Binary)


class Statements(Expressions):
    """Reads statements, one after the other."""

    def program(self) -> Program:
        """The text as a program; the last statement is what is asked about."""
        body = self.text.tree.body
        if all(map(_is_empty, body)) or isinstance(body[-1], ast.Import | ast.ImportFrom):
            self.refuse(self.text.tree, "there is no expression", "np.sum((X @ w - y)**2)")
        self.env = self.globals
        value = self.run(body)
        while isinstance(value, Written):
            value = self._of_function(value)
        if value is None:
            self.refuse(body[-1], "nothing is returned", "return, or an expression at the end")
        return self._closed(self.place(body[-1]).array(value))

    def _check_decorators(self, function: ast.FunctionDef) -> None:
        for each in function.decorator_list:
            name = each.attr if isinstance(each, ast.Attribute) else getattr(each, "id", "")
            if name not in _COMPILED:
                self.refuse(each, "this decorator is not read", "the function without it")

    def _of_function(self, function: Written) -> Value:
        """What a function returns whose parameters are symbols."""
        parameters = function.parameters
        own = [*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs]
        names = {each.arg for each in own}
        self.env = {name: each for name, each in self.globals.items() if name not in names}
        for name, default in self.defaults(function.parameters):
            value = self.value(default)
            if not isinstance(value, Array):
                self.env[name] = value
        if isinstance(function.body, ast.expr):
            return self.value(function.body)
        return self.run(function.body)

    def run(self, body: Sequence[ast.stmt]) -> Value:
        """What statements return, or the value of the last one."""
        value: Value = None
        for place, each in enumerate(body):
            match each:
                case ast.Return(returned) if returned is not None:
                    return self.value(returned)
                case ast.Assign([target], assigned):
                    value = self._assigned(target, self.value(assigned))
                case ast.AnnAssign(target, _, assigned) if assigned is not None:
                    value = self._assigned(target, self.value(assigned))
                case ast.Expr(expression) if not _is_empty(each):
                    if any(not _is_empty(later) for later in body[place + 1 :]):
                        self.refuse(each, "this value is not used", "a name for it, or return")
                    value = self.value(expression)
                case ast.FunctionDef():
                    self._check_decorators(each)
                    value = Written(each.name, each.args, tuple(each.body), self.env)
                    self.env[each.name] = value
                case ast.Import() | ast.ImportFrom():
                    self.env.update(modules.imported(each))
                case _ if not _is_empty(each):
                    self._refuse_statement(each)
        return value

    def _refuse_statement(self, statement: ast.stmt) -> None:
        line = self.text.line(statement)
        if isinstance(statement, ast.AugAssign):
            name = self.text.written(statement.target)
            message = f"line {line}: {name} is changed in place, which is not read"
            self.refuse(statement, message, f"{name} = {name} ...")
        self.refuse(statement, f"line {line}: this statement is not read", "name = expression")

    def _assigned(self, target: ast.expr, value: Value) -> Value:
        """Give a value a name; what is left of the value is that name."""
        match target:
            case ast.Name(name):
                self.env[name] = self._named(name, value, target)
                return self.env[name]
            case ast.Tuple(elements) | ast.List(elements):
                if isinstance(value, Array) and value.name and _COLLECTION.fullmatch(value.name):
                    self._unpack(value.name, elements)
                    return None
                values = list(value.values.values()) if isinstance(value, Parts) else value
                if not isinstance(values, tuple | list) or len(values) != len(elements):
                    self.refuse(target, "these names and values are not the same number")
                for each, one in zip(elements, values, strict=True):
                    self._assigned(each, one)
                return None
        line = self.text.line(target)
        self.refuse(
            target,
            f"line {line}: an entry is assigned in place, which is not read",
            "np.where(condition, a, b), np.concatenate([a, b]), or a new array",
        )

    def _unpack(self, collection: str, elements: Sequence[ast.expr]) -> None:
        """Take the names that a collection of parameters is unpacked into for symbols."""
        self.symbols.pop(collection, None)
        for each in elements:
            if not isinstance(each, ast.Name):
                self.refuse(each, "only names are unpacked", "W, b = params")
            self.env.pop(each.id, None)
        self.assumptions[f"{collection} has {', '.join(e.id for e in elements)}"] = None  # type: ignore[attr-defined]

    def _named(self, name: str, value: Value, target: ast.expr) -> Value:
        if not isinstance(value, Array) or self._needs_no_name(value.tree):
            return value
        known = self.names.definition(name)
        self.uses[known] = self.bases(value.tree)
        self.statements.append(Statement(known, value.tree, self.span(target)))
        return Array(Name(known, self.span(target)), value.axes, value.is_row)

    def _needs_no_name(self, tree: Tree) -> bool:
        """Whether a value is a name, or made of numbers and sizes alone."""
        names = {part.name for part in walk(tree) if isinstance(part, Name)}
        is_plain = all(isinstance(part, _PLAIN) for part in walk(tree))
        return isinstance(tree, Name) or (is_plain and names <= self.known.sizes)

    def _closed(self, value: Array) -> Program:
        """The program with its value, a 1-D array as a column."""
        tree = value.column if value.axes == 1 else value.tree
        last = self.statements[-1] if self.statements else None
        if not isinstance(tree, Name) or last is None or last.name != tree.name:
            self.statements.append(Statement(None, tree, tree.span))
        told = tuple(self.assumptions)
        return Program(tuple(self.statements), self.text.source, told)


def _is_empty(statement: ast.stmt) -> bool:
    """Whether a statement says nothing: a docstring, `pass`, an assertion."""
    match statement:
        case ast.Expr(ast.Constant(str())):
            return True
    return isinstance(statement, ast.Pass | ast.Assert)
