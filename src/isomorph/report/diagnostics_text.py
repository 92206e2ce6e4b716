"""Diagnostics for a person: one line each with its place, the same message once, and not more than can be read."""

from collections.abc import Iterable

from isomorph.model.errors import Diagnostic
from isomorph.report.terminal import Style, clean, count

QUIET = frozenset({"not-modelled", "unknown-kind", "ignored", "deprecated", "image-config"})
"""Codes that are only counted unless asked for: nothing of what they tell changes the result."""

_MOST = 8
_NAMES = 3


def print_diagnostics(diagnostics: Iterable[Diagnostic], style: Style, *, verbose: bool = False) -> str:
    """Write diagnostics as lines; empty where there are none. `verbose` writes all of them."""
    lines: list[str] = []
    silent: dict[str, int] = {}
    for code, members in _by_code(diagnostics).items():
        if code in QUIET and not verbose:
            silent[code] = len(members)
            continue
        groups = _by_message(members)
        shown = groups if verbose else groups[:_MOST]
        lines += [_line(group, code, style, verbose) for group in shown]
        if len(groups) > len(shown):
            lines.append(f"{len(groups) - len(shown)} more like this {style.paint(f'[{code}]', 'dim')} (-v shows them)")
    if silent:
        what = ", ".join(f"{number} {code}" for code, number in silent.items())
        lines.append(style.paint(f"{count(sum(silent.values()), 'more remark')}: {what} (-v shows them)", "dim"))
    return "".join(f"{line}\n" for line in lines)


def _by_code(diagnostics: Iterable[Diagnostic]) -> dict[str, list[Diagnostic]]:
    groups: dict[str, list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        groups.setdefault(diagnostic.code, []).append(diagnostic)
    return groups


def _by_message(diagnostics: list[Diagnostic]) -> list[list[Diagnostic]]:
    """Group what says the same, of whichever workload."""
    groups: dict[str, list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        groups.setdefault(_split_about(diagnostic.message)[1], []).append(diagnostic)
    return list(groups.values())


def _split_about(message: str) -> tuple[str, str]:
    """Split a message into the name that it is about, where it starts with one and a colon, and the rest."""
    about, colon, rest = message.partition(": ")
    return (about, rest) if colon and " " not in about else ("", message)


def _line(group: list[Diagnostic], code: str, style: Style, verbose: bool) -> str:
    """Write one message with whom it is about, and the place or places."""
    origins = list(dict.fromkeys(each.origin for each in group if each.origin is not None))
    abouts = list(dict.fromkeys(clean(_split_about(each.message)[0]) for each in group))
    message = clean(_split_about(group[0].message)[1])
    place = style.paint(f"{clean(str(origins[0]))}: ", "dim") if origins else ""
    shown = abouts if verbose else abouts[:_NAMES]
    about = ", ".join(shown) + (f" and {len(abouts) - len(shown)} more" if len(abouts) > len(shown) else "")
    further = ""
    if len(origins) > 1:
        rest = ", ".join(clean(str(origin)) for origin in origins[1:])
        further = f" (also {rest})" if verbose else f" (and in {count(len(origins) - 1, 'more place')})"
    return f"{place}{about + ': ' if about else ''}{message}{further} {style.paint(f'[{code}]', 'dim')}"
