"""Parts that occur more than once get a variable.

The code is written twice: the first time to see what repeats, the second time with a variable
for each costly part that does.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from dimderiv.codegen.arrays import ATOM, Code
from dimderiv.language.syntax import Node
from dimderiv.shapes import Shape

COSTLY = re.compile(r"@|\b(?!np\.(?:eye|ones|zeros|full|reshape)\()[\w.]+\(")

# Code that is held as a row means another matrix than the same code held as a column.
Key = tuple[str, str, Shape, Shape]


@dataclass
class Part:
    """A written part and the parts within it."""

    key: Key
    within: "list[Part]" = field(default_factory=list)


class Sharing:
    """What repeats in the code of several programs.

    Attributes:
        assign: puts code into a new variable and returns the code of the variable.
    """

    def __init__(self) -> None:
        self.assign: Callable[[Code], Code] = replace
        self.repeated: set[Key] = set()
        self.made: dict[Key, Code] = {}
        self._keys: dict[tuple[int, int], Key] = {}
        self._open: list[list[Part]] = [[]]

    def look(self, program: int, node: Node, write: Callable[[Node], Code]) -> Code:
        """The first time: write a node and note what was written.

        Args:
            program: the number of the program that the node belongs to.
            node: an expression.
            write: writes it.
        """
        self._open.append([])
        code = write(node)
        part = Part((code.text, code.form, code.shape, code.held), self._open.pop())
        self._open[-1].append(part)
        self._keys[program, id(node)] = part.key
        return code

    def find(self) -> None:
        """Decide what gets a variable, after everything was written once."""
        counts: Counter[Key] = Counter()
        _count(self._open[0], counts)
        self.repeated = {key for key, count in counts.items() if count > 1 and _is_costly(key)}

    def share(self, program: int, node: Node, write: Callable[[Node], Code]) -> Code:
        """The second time: write a node, or give the variable that holds it.

        Args:
            program: the number of the program that the node belongs to.
            node: an expression.
            write: writes it.
        """
        key = self._keys.get((program, id(node)))
        if key not in self.repeated:
            return write(node)
        if key not in self.made:
            code = write(node)
            is_variable = code.text.isidentifier() and code.form != "inverse"
            self.made[key] = code if is_variable else self.assign(code)
        return self.made[key]

    def is_made(self, program: int, node: Node) -> bool:
        """Whether a variable holds what the node would be written as."""
        return self._keys.get((program, id(node))) in self.made

    def name(self, program: int, node: Node, code: Code) -> None:
        """Let a definition's variable serve wherever its expression occurs.

        Args:
            program: the number of the program that the node belongs to.
            node: the value of the definition.
            code: its variable.
        """
        self.made.setdefault(self._keys[program, id(node)], code)


def _is_costly(key: Key) -> bool:
    text, form, *_ = key
    return form == "inverse" or COSTLY.search(text) is not None


def _count(parts: list[Part], counts: Counter[Key]) -> None:
    for part in parts:
        counts[part.key] += 1
        if counts[part.key] == 1:
            _count(part.within, counts)


def variable(name: str, code: Code) -> Code:
    """The code of a variable that holds what other code computes."""
    return replace(code, text=name, level=ATOM, kept=None)
