"""What a rule, a diagnostic's code or a reason means, why it matters and what to do about it, for a person."""

from difflib import get_close_matches

from isomorph.drift.reasons import ENTRIES, REASONS
from isomorph.drift.rules import RULES, SUBJECTS, Rule
from isomorph.drift.severities import DEFAULTS, SITUATIONS
from isomorph.model.errors import CODES, UsageError
from isomorph.report.code_texts import CODE_TEXTS, REASON_TEXTS
from isomorph.report.rule_places import (
    Part,
    Written,
    find_places,
    find_silence,
    name_platforms,
    short_names,
    tell_consequence,
    tell_meaning,
    tell_mending,
)
from isomorph.report.terminal import Style, pad, wrap


def explain(name: str, style: Style) -> str:
    """Explain a rule, code or reason; raises UsageError that names the nearest for an unknown one."""
    if name in RULES:
        return explain_rule(RULES[name], style)
    if name in CODES:
        return _explain_code(name, "a diagnostic", style)
    if name in REASONS:
        return _explain_code(name, "a reason why a difference is expected", style)
    near = get_close_matches(name, [*RULES, *CODES, *REASONS], 3)
    meant = f"; did you mean {' or '.join(near)}?" if near else "; isomorph explain lists them"
    raise UsageError(f"there is no rule, code or reason {name!r}{meant}")


def _explain_code(name: str, about: str, style: Style) -> str:
    advice = CODE_TEXTS.get(name) or REASON_TEXTS[name]
    lines = [style.paint(name, "bold") + style.paint(f"  {about}", "dim"), ""]
    lines += wrap(CODES.get(name) or REASONS[name], style.width)
    lines += ["", *wrap(f"why it matters: {advice.matters}", style.width)]
    lines += ["", *wrap(f"what to do: {advice.do}", style.width)]
    rules = list(dict.fromkeys(entry.rule for entry in ENTRIES if entry.reason == name))
    if rules:
        lines += ["", *wrap(f"rules: {', '.join(rules)}", style.width)]
    if advice.reference:
        lines += ["", f"see {advice.reference}"]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def explain_rule(rule: Rule, style: Style) -> str:
    """Explain a rule: what it compares, why it matters, how grave it is, and how each platform writes and defaults it."""
    lines = [style.paint(rule.id, "bold") + style.paint(f"  {rule.severity.value}", "dim"), ""]
    lines += wrap(tell_meaning(rule), style.width)
    if rule.has_subject:
        lines += ["", *wrap(f"subject: {SUBJECTS[rule.id]}", style.width)]
    lines += ["", *wrap(f"why it matters: {tell_consequence(rule)}", style.width), f"see {rule.reference}"]
    lines += ["", *_severities(rule, style)]
    lines += ["", *wrap(f"to mend: {tell_mending(rule)}", style.width), ""]
    for part in find_places(rule):
        lines += _print_part(part, rule, style)
    lines += _print_silence(rule, style)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _severities(rule: Rule, style: Style) -> list[str]:
    """Write how grave a finding is, in each situation where that matters."""
    by = DEFAULTS[rule.id]
    if len(set(by.values())) == 1:
        return [f"severity: {rule.severity.value}, whatever the environments are"]
    lines = [style.paint("severity", "bold")]
    for situation, meaning in SITUATIONS.items():
        first, *rest = wrap(meaning, style.width - 11)
        lines += [f"  {pad(by[situation].value, 7)}  {first}", *(" " * 11 + line for line in rest)]
    return lines


def _print_part(part: Part, rule: Rule, style: Style) -> list[str]:
    lines = wrap(name_platforms(part.platforms) + (f", as {part.like} but" if part.like else ""), style.width, "  ")
    if len({tuple(_tell(row)) for row in part.rows}) == 1 and part.rows[0].level == "never" and not part.like:
        return lines + wrap(_tell(part.rows[0])[0], style.width, "    ", "      ")  # One reason for all of the fields.
    names = short_names(part.rows, rule)
    width = max(map(len, names.values()))
    for row in part.rows:
        label = f"    {pad(names[row.field], width)}  " if width else "    "
        if len(label) + max(map(len, row.place.split()), default=0) > style.width:
            lines.append(label)  # A path is not broken: it gets a line of its own.
            label = " " * 6
        for text in _tell(row):
            first, *rest = wrap(text, style.width - len(label), further="  ")
            lines += [label + first, *(" " * len(label) + line for line in rest)]
            label = " " * len(label)
    return lines


def _tell(row: Written) -> list[str]:
    if row.level == "never":
        return [f"cannot be said: {row.reason}"]
    return [row.place, *([f"in part: {row.reason}"] if row.level == "lossy" else [])]


def _print_silence(rule: Rule, style: Style) -> list[str]:
    """Write what silence means on each platform."""
    lines = []
    for each in find_silence(rule):
        titles = ", ".join(platform.title for platform in each.platforms)
        subject, when = f"{each.subject} " if each.subject else "", f" ({each.when})" if each.when else ""
        lines += wrap(f"{titles}: {subject}{each.value}{when}", style.width, "  ", "    ")
    return ["", style.paint("where nothing is said", "bold"), *lines] if lines else []


def list_names(style: Style) -> str:
    """List the rules with their titles, the codes of diagnostics, and the reasons."""
    width = max(len(name) for name in RULES)
    lines = [style.paint("rules", "bold")]
    lines += [f"  {pad(rule.id, width)}  {pad(rule.severity.value, 7)}  {rule.title}" for rule in RULES.values()]
    for heading, table in (("diagnostics", CODES), ("reasons", REASONS)):
        lines += ["", style.paint(heading, "bold")]
        for name, meaning in table.items():
            first, *rest = wrap(meaning, style.width - width - 4)
            lines += [f"  {pad(name, width)}  {first}", *(" " * (width + 4) + line for line in rest)]
    return "".join(f"{line.rstrip()}\n" for line in lines)
