"""Nodes of the graph for the tests: from letters, or from an expression of the language."""

import re
from collections.abc import Mapping
from fractions import Fraction

from dimderiv.conform.arrange import Arranger
from dimderiv.graph.nodes import Factor, Node, symbol
from dimderiv.graph.products import product
from dimderiv.infer.typed import infer
from dimderiv.language.declarations import read_shapes
from dimderiv.language.parser import parse_program
from dimderiv.language.shapes import Dim
from dimderiv.lower.builder import Builder, Lowered, lower
from dimderiv.render.text import text
from dimderiv.rulebook.rulebook import load_rules

RULEBOOK = load_rules()
FACTOR = re.compile(r"(?P<name>[A-Za-z]\d?)\[(?P<letters>[a-z,]*)\](?:\^(?P<power>[-\d/]+))?")


def labelled(source: str, nodes: Mapping[str, Node] | None = None, **sizes: str) -> Node:
    """The product written in letters, such as `labelled("2 A[i,k] x[k]^2 -> [i]", i="m")`.

    Args:
        source: a number or none, factors with their letters, and the letters of the result.
        nodes: what factors stand for; any other name is a symbol, one with an S symmetric.
        sizes: the dimension of each letter; `n` where it is not given.
    """
    body, result = source.split("->")
    letters = list(dict.fromkeys(re.findall(r"[a-z]", re.sub(r"[A-Za-z]\d?\[", "[", source))))
    dims = [Dim.of(sizes.get(letter, "n")) for letter in letters]
    factors = []
    for name, inside, power in FACTOR.findall(body):
        indices = tuple(letters.index(letter) for letter in re.findall("[a-z]", inside))
        properties = ("symmetric",) if name.startswith("S") else ()
        axes = tuple(dims[index] for index in indices)
        node = (nodes or {}).get(name) or symbol(name, axes, properties=properties)
        factors.append(Factor(node, indices, Fraction(power or 1)))
    number = re.match(r"\s*(-?\d+(?:/\d+)?)\s", body)
    coefficient = Fraction(number[1]) if number else Fraction(1)
    shown = [letters.index(letter) for letter in re.findall("[a-z]", result)]
    return product(coefficient, factors, shown, dims)


def lowered(source: str, shapes: str | None = None) -> Lowered:
    """The graph of a program of the language."""
    declared = read_shapes(shapes)
    program = parse_program(source, names=declared)
    return lower(infer(program, declared, rulebook=RULEBOOK), RULEBOOK)


class AsWritten(Builder):
    """What is written out is left as it is."""

    recognises = False


def node_as_written(source: str, shapes: str | None = None) -> Node:
    """The node of an expression in which nothing is recognised."""
    declared = read_shapes(shapes)
    program = parse_program(source, names=declared)
    return AsWritten(infer(program, declared, rulebook=RULEBOOK), RULEBOOK).lowered().value


def node(source: str, shapes: str | None = None) -> Node:
    """The node of an expression of the language."""
    return lowered(source, shapes).value


def written(value: Node, *, row: bool = False) -> str:
    """A node in matrix notation."""
    return text(Arranger().tree(value, row=row))
