"""What a rule, a diagnostic's code or a reason means, for a person."""

from difflib import get_close_matches

from isomorph.drift.reasons import REASONS
from isomorph.drift.rules import RULES, SUBJECTS, Rule
from isomorph.model.errors import CODES, UsageError
from isomorph.platforms.table import PLATFORMS, load_defaults, load_support
from isomorph.report.terminal import Style, pad, wrap


def explain(name: str, style: Style) -> str:
    """Explain a rule, code or reason; raises UsageError that names the nearest for an unknown one."""
    if name in RULES:
        return explain_rule(RULES[name], style)
    meaning = CODES.get(name) or REASONS.get(name)
    if meaning is None:
        near = get_close_matches(name, [*RULES, *CODES, *REASONS], 3)
        meant = f"; did you mean {' or '.join(near)}?" if near else "; isomorph explain lists them"
        raise UsageError(f"there is no rule, code or reason {name!r}{meant}")
    about = "a diagnostic" if name in CODES else "a reason why a difference is expected"
    lines = [style.paint(name, "bold") + style.paint(f"  {about}", "dim"), "", *wrap(meaning, style.width)]
    return "".join(f"{line}\n" for line in lines)


def explain_rule(rule: Rule, style: Style) -> str:
    """Explain a rule: what it compares, why it matters, how to mend it, and what each platform can say of it."""
    lines = [style.paint(rule.id, "bold") + style.paint(f"  {rule.severity.value}", "dim"), ""]
    lines += wrap(f"{rule.title[:1].upper()}{rule.title[1:]}. {rule.explanation}", style.width)
    if rule.has_subject:
        lines += ["", *wrap(f"subject: {SUBJECTS[rule.id]}", style.width)]
    lines += ["", *wrap(f"to mend: {rule.hint.format_map(_Sides())}", style.width), ""]
    lines += _platforms(rule, style)
    lines += _defaults(rule)
    lines.append(f"see {rule.reference}")
    return "".join(f"{line.rstrip()}\n" for line in lines)


class _Sides(dict[str, str]):
    """What stands for the two sides where there is no finding."""

    def __missing__(self, key: str) -> str:
        return {"here": "one side", "there": "the other side"}.get(key, f"the {key}")


def _platforms(rule: Rule, style: Style) -> list[str]:
    """Say which platforms cannot say what the rule compares, or say it only in part."""
    lines = []
    for platform in PLATFORMS:
        rows = load_support(platform.name)
        for field in rule.fields:
            row = rows[field]
            if row.level != "full":
                how = "cannot say" if row.level == "never" else "says in part"
                lines += wrap(f"{platform.title} {how} {field}: {row.reason}", style.width, "  ", "    ")
    return [*lines, ""] if lines else []


def _defaults(rule: Rule) -> list[str]:
    """Say what silence means on each platform."""
    found = [
        (platform, each) for platform in PLATFORMS for each in load_defaults(platform.name) if each.rule == rule.id
    ]
    lines = []
    for platform, each in found:
        subject = f" {each.subject}" if each.subject else ""
        when = f" ({each.when})" if each.when else ""
        lines.append(f"  {platform.title}, where nothing is said{subject}: {each.value}{when}")
    return [*lines, ""] if lines else []


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
