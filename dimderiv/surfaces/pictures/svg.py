"""Draws rows of boxes as SVG, without ids, styles or scripts: text has the colour of the page."""

from collections.abc import Iterable, Sequence
from html import escape

from dimderiv.language import Dim, Shape
from dimderiv.surfaces.pictures.rows import Box, Meeting, Part, Row, Sign

# Lengths that are told apart, with no meaning beyond that; then again, a little longer.
LENGTHS = (72, 48, 96, 60, 36, 84)
THIN = 10
# Hues of Okabe and Ito, as bright as can be read both on white and on black.
COLOURS = ("#0077bb", "#c07000", "#008f66", "#bd5c96", "#2f90cc", "#8f6f28")
PALE = "#808080"
RED = "#e02020"
WRONG = f'fill="{RED}" font-size="18" font-weight="bold"'
LETTER, GAP, BAND, ARC = 7.5, 16, 20, 16


class Axes:
    """How long each axis is drawn, and in which colour; the same one always alike.

    Args:
        dims: those that come first.
    """

    def __init__(self, dims: Iterable[Dim] = ()) -> None:
        self.known: dict[Dim, int] = {}
        for dim in dims:
            self.length(dim)

    def number(self, dim: Dim) -> int:
        """Which axis this is, in the order in which they were met."""
        return self.known.setdefault(dim, len(self.known))

    def length(self, dim: Dim) -> int:
        """How long it is drawn."""
        if dim.is_one:
            return THIN
        again, place = divmod(self.number(dim), len(LENGTHS))
        return LENGTHS[place] + 4 * again

    def colour(self, dim: Dim) -> str:
        """Its colour."""
        return PALE if dim.is_one else COLOURS[self.number(dim) % len(COLOURS)]


def drawn(rows: Sequence[Row], axes: Axes) -> str:
    """Rows of boxes, one below the other.

    Args:
        rows: what they show.
        axes: how axes are drawn.
    """
    drawing = _Drawing(axes)
    for row in rows:
        drawing.row(row)
    size = f"{drawing.width + GAP:g} {drawing.y:g}"
    width, height = size.split()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="shapes" role="img" viewBox="0 0 {size}"'
        f' width="{width}" height="{height}" style="max-width:100%;height:auto">'
        f"<title>{escape('; '.join(map(_told, rows)))}</title>"
        f'<g fill="none" stroke-width="3">{"".join(drawing.lines)}</g>'
        '<g fill="currentColor" font-family="system-ui,sans-serif" font-size="14"'
        f' text-anchor="middle">{"".join(drawing.words)}</g></svg>'
    )


class _Drawing:
    def __init__(self, axes: Axes) -> None:
        self.axes = axes
        self.lines: list[str] = []
        self.words: list[str] = []
        self.width = self.y = 0.0

    def row(self, row: Row) -> None:
        """Add a row below the others."""
        heights = [self.axes.length(self.room(part).rows) for part in row if isinstance(part, Box)]
        height = max(heights)
        self.y += BAND
        middle, x, places = self.y + height / 2, float(GAP), list[float]()
        for part in row:
            width = self.measure(part)
            places.append(x + width / 2)
            x += width + GAP
        for part, place in zip(row, places, strict=True):
            self.part(part, place, middle, self.y + height + BAND)
        self.y += height + BAND
        for k, part in enumerate(row):
            if isinstance(part, Meeting):
                self.meeting(part, row[k - 1 : k + 2 : 2], places[k - 1 : k + 2])
        self.y += ARC + BAND
        self.width = max(self.width, x - GAP)

    def room(self, box: Box) -> Shape:
        """The shape that a box takes, with what it is repeated to."""
        return box.spread or box.shape

    def measure(self, part: Part) -> float:
        """How wide something is."""
        match part:
            case Box(label, shape, below=below):
                texts = [label, f"{shape.rows} × {shape.cols}", below[: 3 * len(below) // 4]]
                return max(self.axes.length(self.room(part).cols), *map(_wide, texts))
            case Sign(text, below):
                return max(_wide(text), _wide(below))
        return 0.0

    def part(self, part: Part, x: float, middle: float, under: float) -> None:
        """Add a box or a sign, in the middle of its place."""
        match part:
            case Box():
                self.box(part, x, middle)
                self.shape(part.shape, x, under)
                if part.below:
                    self.write(part.below, x, under + BAND, 'font-size="11"')
            case Sign(text, below):
                self.write(text, x, middle + 5, WRONG if text == "≠" else 'font-size="18"')
                if below:
                    self.write(below, x, middle + 20, 'font-size="11"')

    def box(self, box: Box, x: float, middle: float) -> None:
        """Add a box: its sides in the colours of its axes, its name in it where there is room."""
        axes, shape = self.axes, box.shape
        wide, high = axes.length(shape.cols), axes.length(shape.rows)
        if box.spread is not None:
            self.rectangle(box.spread, x, middle, f'stroke="{PALE}" stroke-dasharray="2 4"')
        self.rectangle(shape, x, middle, 'fill="currentColor" fill-opacity=".07"')
        left, top = x - wide / 2, middle - high / 2
        for dim, path in (
            (shape.rows, f"M{left:g} {top:g}v{high}m{wide} 0v-{high}"),
            (shape.cols, f"M{left:g} {top:g}h{wide}m0 {high}h-{wide}"),
        ):
            self.lines.append(f'<path stroke="{axes.colour(dim)}" d="{path}"/>')
        if box.is_turned and not (shape.rows.is_one or shape.cols.is_one):
            side = min(wide, high)
            self.lines.append(
                f'<path stroke="{PALE}" stroke-width="1" stroke-dasharray="4 3"'
                f' d="M{left:g} {top:g}l{side} {side}"/>'
            )
        is_inside = min(wide, high) > BAND and _wide(box.label) < wide
        room = max(high, axes.length(box.spread.rows) if box.spread else 0)
        self.write(box.label, x, middle + 5 if is_inside else middle - room / 2 - 6)

    def rectangle(self, shape: Shape, x: float, middle: float, look: str) -> None:
        """Add a rectangle with the sides of a shape."""
        wide, high = self.axes.length(shape.cols), self.axes.length(shape.rows)
        place = f'x="{x - wide / 2:g}" y="{middle - high / 2:g}" width="{wide}" height="{high}"'
        self.lines.append(f'<rect {place} stroke-width="1" {look}/>')

    def shape(self, shape: Shape, x: float, y: float) -> None:
        """Add rows times columns."""
        rows, cols = [
            f'<tspan fill="{self.axes.colour(dim)}">{escape(str(dim))}</tspan>' for dim in shape
        ]
        self.words.append(f'<text x="{x:g}" y="{y:g}">{rows} × {cols}</text>')

    def meeting(self, met: Meeting, boxes: Sequence[Part], places: Sequence[float]) -> None:
        """Add an arc from the columns of a box to the rows of the next; red where they differ."""
        left, right = [part.shape for part in boxes if isinstance(part, Box)]
        start = places[0] + _wide(f"{left.rows} × ") / 2
        end = places[2] - _wide(f" × {right.cols}") / 2
        colour = self.axes.colour(met.left) if met.is_met else RED
        y = self.y + 5
        self.lines.append(
            f'<path stroke="{colour}" stroke-width="2" d="M{start:g} {y:g}'
            f'q{(end - start) / 2:g} {ARC} {end - start:g} 0"/>'
        )
        if not met.is_met:
            self.write("≠", (start + end) / 2, y + ARC + 8, WRONG)

    def write(self, words: str, x: float, y: float, look: str = "") -> None:
        """Add a text."""
        if words:
            place = f'x="{x:g}" y="{y:g}"{look and " "}{look}'
            self.words.append(f"<text {place}>{escape(words)}</text>")


def _wide(words: str) -> float:
    return LETTER * len(words)


def _told(row: Row) -> str:
    """A row for those who hear it."""
    told = ""
    for part in row:
        match part:
            case Box(label, shape):
                told += f" {label} ({shape.rows} × {shape.cols})"
            case Sign(text, below):
                told += f" {text} {below}".rstrip()
            case Meeting(left, right) if not part.is_met:
                told += f" [{left} ≠ {right}]"
    return told.strip()
