"""The platforms and how well each says what, for a terminal; derived from their support tables."""

from isomorph.model.fields import FIELDS
from isomorph.platforms.platform import Platform, Support
from isomorph.platforms.table import PLATFORMS, load_support
from isomorph.report.terminal import Style, pad, wrap

_MARKS = {"full": "full", "lossy": "lossy", "never": "-"}
_GAP = 2
_COLOURS = {"full": "green", "lossy": "yellow", "never": "dim"}


def directions(platform: Platform) -> str:
    """Say what can be done with a platform's definitions."""
    return " and ".join(word for word, there in (("read", platform.reads), ("written", platform.writes)) if there)


def print_platforms(style: Style) -> str:
    """Write the platforms, their options, and the matrix of fields."""
    rows = [(each.name, each.title, directions(each), ", ".join(each.options) or "none") for each in PLATFORMS]
    head = ("platform", "title", "is", "options after ?")
    widths = [max(len(row[index]) for row in (head, *rows)) for index in range(len(head) - 1)]
    lines = [style.paint("  ".join((*map(pad, head, widths), head[-1])), "bold")]
    before = sum(widths) + _GAP * len(widths)
    for row in rows:
        first, *others = wrap(row[-1], style.width - before)
        lines.append("  ".join((*map(pad, row, widths), first)))
        lines += [" " * before + other for other in others]
    for names in _split_columns(style.width):
        lines += ["", *_matrix(names, style)]
    lines.append("")
    lines += wrap("full: said as it is; lossy: said approximately or not wholly; -: cannot be said.", style.width)
    lines += wrap("isomorph platforms NAME tells why.", style.width)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _split_columns(width: int) -> list[list[str]]:
    """Put the platforms into as many matrices, one below the other, as the width demands."""
    parts: list[list[str]] = []
    room = 0
    for each in PLATFORMS:
        room -= _GAP + _width_of(each.name)
        if room < 0 or not parts:
            parts.append([])
            room = width - max(map(len, FIELDS)) - _GAP - _width_of(each.name)
        parts[-1].append(each.name)
    return parts


def _width_of(name: str) -> int:
    return max(len(name), *map(len, _MARKS.values()))


def _matrix(names: list[str], style: Style) -> list[str]:
    support = {name: load_support(name) for name in names}
    first = max(map(len, FIELDS))
    widths = {name: _width_of(name) for name in names}
    heading = pad("field", first) + "".join(f"  {pad(name, widths[name])}" for name in support)
    lines = [style.paint(heading, "bold")]
    for field in FIELDS:
        line = pad(field, first)
        for name, rows in support.items():
            level = rows[field].level
            line += "  " + style.paint(pad(_MARKS[level], widths[name]), _COLOURS[level])
        lines.append(line)
    return lines


def print_platform(platform: Platform, style: Style) -> str:
    """Write what one platform says only in part or cannot say, and why."""
    rows = load_support(platform.name)
    full = [name for name in FIELDS if rows[name].level == "full"]
    lines = [style.paint(platform.title, "bold") + f"  {directions(platform)}", ""]
    for level, meaning in (("lossy", "said approximately or not wholly"), ("never", "cannot be said")):
        found = [rows[name] for name in FIELDS if rows[name].level == level]
        if found:
            lines.append(style.paint(meaning, "bold"))
            for row in found:
                lines += _reason(row, style)
            lines.append("")
    lines.append(style.paint("said as it is", "bold"))
    lines += wrap(", ".join(full), style.width, "  ")
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _reason(row: Support, style: Style) -> list[str]:
    lines = wrap(f"{row.field}: {row.reason}", style.width, "  ", "    ")
    return [*lines, "    " + style.paint(row.source, "dim")] if row.source else lines
