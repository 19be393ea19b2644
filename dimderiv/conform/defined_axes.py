"""Axes of whole arrays by the letters of what defines these: `softmax(S, axis=j)`."""

from collections.abc import Mapping, Sequence

from dimderiv.infer import heads_within
from dimderiv.language import Entry, Name, Tree

Axis = int | str | tuple[int | str, ...]
# The letters of each axis of an array.
Letters = tuple[tuple[str, ...], ...]


class DefinedAxes:
    """What the axes of definitions are called.

    Args:
        heads: their letters, for each definition that has some.
    """

    def __init__(self, heads: Mapping[str, Letters]) -> None:
        self.heads = dict(heads)

    def note(self, name: str, value: Tree, count: int) -> None:
        """Remember the letters of a definition, which is written from now on.

        Args:
            name: of the definition.
            value: what it is written as.
            count: how many axes it has.
        """
        found = next(heads_within(self.heads, value, count), None)
        if found is not None:
            self.heads[name] = found

    def along(self, value: Tree, axes: Sequence[int], count: int) -> Axis:
        """Some axes of an array by the letters that all that defines it has for them.

        Args:
            value: what is written for the array.
            axes: the numbers of the axes.
            count: how many axes the array has.
        """
        heads = {*heads_within(self.heads, value, count)}
        letters = [{head[axis] for head in heads} for axis in axes]
        is_known = all(len(each) == 1 and len(next(iter(each))) == 1 for each in letters)
        if is_known:
            return _only([letter for each in letters for (letter,) in each])
        # Of an array with more axes than a matrix a sum along one is no product with ones.
        return tuple(axes) if count > 2 else _only(axes)


def along_entry(entry: Entry, axes: Sequence[int]) -> Axis:
    """Some axes of an array by the letters that it is indexed with.

    Args:
        entry: of the array.
        axes: the numbers of the axes.
    """
    letters = [index.name for index in entry.indices if isinstance(index, Name)]
    is_plain = len({*letters}) == len(entry.indices)
    return _only([letters[axis] for axis in axes] if is_plain else axes)


def _only(axes: Sequence[int | str]) -> Axis:
    return axes[0] if len(axes) == 1 else tuple(axes)
