"""Sums of index forms: `[i:m] a[i] - [i:m] b[i]` is one form, `[i:m] a[i] - b[i]`."""

from collections.abc import Sequence
from dataclasses import replace

from dimderiv.language import Add, IndexForm, Negative, Node, Transpose


def forms_together(terms: Sequence[Node]) -> list[Node]:
    """The terms of a sum, with index forms that have the same axes as one."""
    found: list[Node] = []
    places: dict[tuple[object, ...], int] = {}
    for term in terms:
        form, wrap, is_negative = _opened(term)
        if form is None:
            found.append(term)
            continue
        body = form.body.terms if isinstance(form.body, Add) else (form.body,)
        signed = [_opposite(each) if is_negative else each for each in body]
        place = places.setdefault((wrap, form.letters, form.groups), len(found))
        if place == len(found):
            found.append(term)
        else:
            first, _, _ = _opened(found[place])
            assert first is not None, "a place is that of an index form"
            before = first.body.terms if isinstance(first.body, Add) else (first.body,)
            signed = [*before, *signed]
        whole = replace(form, body=signed[0] if len(signed) == 1 else Add(tuple(signed)))
        found[place] = Transpose(whole) if wrap else whole
    return found


def _opened(tree: Node) -> tuple[IndexForm | None, bool, bool]:
    """The index form that a term is, whether it is transposed, and whether it is subtracted."""
    is_negative = isinstance(tree, Negative)
    inner = tree.operand if isinstance(tree, Negative) else tree
    is_turned = isinstance(inner, Transpose)
    inner = inner.operand if isinstance(inner, Transpose) else inner
    return (inner if isinstance(inner, IndexForm) else None), is_turned, is_negative


def _opposite(tree: Node) -> Node:
    return tree.operand if isinstance(tree, Negative) else Negative(tree)
