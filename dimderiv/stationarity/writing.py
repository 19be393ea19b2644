"""Nodes in matrix notation: solutions as answers, and parts of equations as trees."""

from collections.abc import Mapping
from dataclasses import replace

from dimderiv.answer import Answer, Extent, Found, Question, Record, written
from dimderiv.conform import Arranger
from dimderiv.graph import Node
from dimderiv.language import SCALAR, Add, Program, Statement, Tree, names_in


def answer_of(question: Question, values: Mapping[str, Node]) -> Answer:
    """The values of variables in matrix notation, with solutions in place of inverses.

    Args:
        question: what the variables are variables of.
        values: of each variable, in the order in which they are used.
    """
    symbols = question.typed.symbols
    found: Found = {
        (name,): (node, Extent.laid_out(SCALAR, symbols[name].shape))
        for name, node in values.items()
    }
    asked = replace(question, wrt=tuple(values), order=1, layout="mixed", structured=False)
    answer = written(asked, found, Record(), solving=True).answer
    uses = [name for tree in answer.definitions.values() for name in names_in(tree)]
    if values.keys() & set(uses):
        answer = written(replace(asked, inline=True), found, Record(), solving=True).answer
    return answer


def program_of(answer: Answer) -> Program:
    """The values of all variables, a lone one without its name."""
    if len(answer.derivatives) == 1:
        return answer.program(*answer.derivatives)
    return answer.together({names: names[0] for names in answer.derivatives})


def named_program(answer: Answer, *last: Statement) -> Program:
    """The values of all variables under their names, and what comes after them."""
    named = answer.together({names: names[0] for names in answer.derivatives})
    return Program((*named.statements, *last))


class Notation:
    """Writes parts of equations.

    Args:
        question: what they are parts of.
    """

    def __init__(self, question: Question) -> None:
        self.question, typed = question, question.typed
        skew = [name for name, each in typed.symbols.items() if "skew" in each.properties]
        taken = [*typed.symbols, *typed.definitions, *typed.functions]
        self.arranger = Arranger(taken=taken, skew=skew, sizes=typed.sizes)
        self.rows = {name for name, each in typed.symbols.items() if each.shape.is_row}

    def tree(self, node: Node, of: str = "") -> Tree:
        """The notation of a node, laid out as a variable is."""
        return self.arranger.tree(node, row=of in self.rows and len(node.axes) == 1)

    def solved(self, node: Node, of: str) -> Tree:
        """The value of a variable, with solutions in place of inverses."""
        return answer_of(replace(self.question, inline=True), {of: node}).derivatives[(of,)]

    def total(self, *terms: Tree) -> Tree:
        """A sum."""
        return Add(terms)
