"""How each library spells the operations."""

from dimderiv.codegen.targets.arguments import Arguments, LateArguments
from dimderiv.codegen.targets.declared import called_functions, described
from dimderiv.codegen.targets.helper_source import helper_functions, helper_source
from dimderiv.codegen.targets.identifiers import Identifiers
from dimderiv.codegen.targets.layers import LayerText
from dimderiv.codegen.targets.numpy import NumpyWriter
from dimderiv.codegen.targets.targets import TARGETS, writer_of
from dimderiv.codegen.targets.text import ATOM, PRODUCT, SIGN, Text, indented
from dimderiv.codegen.targets.writer import Writer

__all__ = [
    "ATOM",
    "PRODUCT",
    "SIGN",
    "TARGETS",
    "Arguments",
    "Identifiers",
    "LateArguments",
    "LayerText",
    "NumpyWriter",
    "Text",
    "Writer",
    "called_functions",
    "described",
    "helper_functions",
    "helper_source",
    "indented",
    "writer_of",
]
