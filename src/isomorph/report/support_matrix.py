"""The platforms and how well each says what, for a terminal; derived from their support tables."""

from isomorph.model.fields import FIELDS
from isomorph.platforms.platform import Platform, Support
from isomorph.platforms.table import PLATFORMS, load_support
from isomorph.report.terminal import Style, pad, wrap

_MARKS = {"full": "full", "lossy": "lossy", "never": "-"}
_COLOURS = {"full": "green", "lossy": "yellow", "never": "dim"}


def directions(platform: Platform) -> str:
    """Say what can be done with a platform's definitions."""
    return " and ".join(word for word, there in (("read", platform.reads), ("written", platform.writes)) if there)


def print_platforms(style: Style) -> str:
    """Write the platforms, their options, and the matrix of fields."""
    rows = [(each.name, each.title, directions(each), ", ".join(each.options) or "none") for each in PLATFORMS]
    head = ("platform", "title", "is", "options after ?")
    widths = [max(len(row[index]) for row in (head, *rows)) for index in range(len(head))]
    lines = [style.paint("  ".join(map(pad, head, widths)), "bold")]
    lines += ["  ".join(map(pad, row, widths)) for row in rows]
    lines += ["", *_matrix(style), ""]
    lines += wrap("full: said as it is; lossy: said approximately or not wholly; -: cannot be said.", style.width)
    lines += wrap("isomorph platforms NAME tells why.", style.width)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _matrix(style: Style) -> list[str]:
    support = {each.name: load_support(each.name) for each in PLATFORMS}
    first = max(map(len, FIELDS))
    widths = {name: max(len(name), 5) for name in support}
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
