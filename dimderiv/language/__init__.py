"""The language: its functions, its tokens, its syntax tree and its reader."""

from dimderiv.language.foreign import ALIASES
from dimderiv.language.parser import parse_expression, parse_program
from dimderiv.language.syntax import Node, Program, Statement
from dimderiv.language.tokens import tokenize
from dimderiv.language.vocabulary import (
    BUILTIN_FUNCTIONS,
    RESERVED_WORDS,
    Token,
    canonical_name,
)

__all__ = [
    "ALIASES",
    "BUILTIN_FUNCTIONS",
    "RESERVED_WORDS",
    "Node",
    "Program",
    "Statement",
    "Token",
    "canonical_name",
    "parse_expression",
    "parse_program",
    "tokenize",
]
