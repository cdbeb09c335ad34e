"""Line charts as SVG, of few words: both axes logarithmic, a legend, light and dark alike."""
import math

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 74, 190, 40, 52
COLOURS = ("#0969da", "#cf222e", "#1a7f37", "#9a6700", "#8250df", "#bf3989", "#57606a", "#0a7d8c")


class Axis:
    """A logarithmic axis from the decade below the least value to that above the greatest."""

    def __init__(self, values, begin, end, base=10):
        self.base = base
        self.low = math.floor(math.log(min(values), base) + 1e-9)
        self.high = max(self.low + 1, math.ceil(math.log(max(values), base) - 1e-9))
        self.begin, self.end = begin, end

    def at(self, value):
        share = (math.log(value, self.base) - self.low) / (self.high - self.low)
        return self.begin + share * (self.end - self.begin)

    def ticks(self):
        step = max(1, (self.high - self.low) // 8)
        return [self.base ** power for power in range(self.low, self.high + 1, step)]


def text(x, y, words, anchor="middle", size=12, more=""):
    words = words.replace("&", "&amp;").replace("<", "&lt;")
    return '<text x="%.1f" y="%.1f" text-anchor="%s" font-size="%d"%s>%s</text>' % (
        x, y, anchor, size, more, words)


def line(x1, y1, x2, y2, colour, width=1.0):
    return '<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-width="%.1f"/>' % (
        x1, y1, x2, y2, colour, width)


def grid(across, up, show_x, show_y):
    parts = []
    for value in across.ticks():
        x = across.at(value)
        parts += [line(x, TOP, x, HEIGHT - BOTTOM, "#8c959f55"),
                  text(x, HEIGHT - BOTTOM + 18, show_x(value))]
    for value in up.ticks():
        y = up.at(value)
        parts += [line(LEFT, y, WIDTH - RIGHT, y, "#8c959f55"),
                  text(LEFT - 8, y + 4, show_y(value), "end")]
    return parts


def curve(points, across, up, colour):
    path = " ".join("%.1f,%.1f" % (across.at(x), up.at(y)) for x, y in points)
    dots = ['<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>' % (across.at(x), up.at(y), colour)
            for x, y in points]
    return ['<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>' % (path, colour)] + dots


def chart(title, lines, show_x, show_y, x_words, y_words, x_base=10):
    """The SVG of `lines`, a dict of lists of (x, y)."""
    lines = {name: sorted(points) for name, points in lines.items() if points}
    every = [point for points in lines.values() for point in points]
    across = Axis([x for x, _ in every], LEFT, WIDTH - RIGHT, x_base)
    up = Axis([y for _, y in every], HEIGHT - BOTTOM, TOP)
    parts = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" '
             'font-family="sans-serif" fill="#6e7781">' % (WIDTH, HEIGHT),
             text(LEFT, 22, title, "start", 15, ' font-weight="bold"')]
    parts += grid(across, up, show_x, show_y)
    parts += [text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, x_words),
              text(16, (TOP + HEIGHT - BOTTOM) / 2, y_words,
                   more=' transform="rotate(-90 16 %.0f)"' % ((TOP + HEIGHT - BOTTOM) / 2))]
    for number, (name, points) in enumerate(lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        parts += curve(points, across, up, colour)
        y = TOP + 8 + 20 * number
        parts += [line(WIDTH - RIGHT + 14, y, WIDTH - RIGHT + 34, y, colour, 2),
                  text(WIDTH - RIGHT + 40, y + 4, name, "start")]
    return "\n".join(parts + ["</svg>", ""])


def bars(title, rows, show, mark=1.0):
    """Horizontal bars of (name, value), with a line where the value is `mark`."""
    height = TOP + 24 * len(rows) + 20
    most = max(value for _, value in rows)
    left, right = 170, 70
    scale = (WIDTH - left - right) / most
    parts = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" '
             'font-family="sans-serif" fill="#6e7781">' % (WIDTH, height),
             text(14, 22, title, "start", 15, ' font-weight="bold"')]
    for number, (name, value) in enumerate(rows):
        y = TOP + 24 * number
        parts += [text(left - 8, y + 13, name, "end"),
                  '<rect x="%d" y="%d" width="%.1f" height="16" fill="%s"/>' % (
                      left, y + 1, value * scale, COLOURS[0]),
                  text(left + value * scale + 6, y + 13, show(value), "start")]
    x = left + mark * scale
    parts += [line(x, TOP - 4, x, height - 16, COLOURS[1], 1.5)]
    return "\n".join(parts + ["</svg>", ""])
