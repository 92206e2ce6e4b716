"""docs/rules.md, written from the tables that `explain` reads: `python -m isomorph.report.rule_pages FILE`."""

import sys

from isomorph.drift.reasons import ENTRIES, REASONS
from isomorph.drift.rules import RULES, SUBJECTS, Rule
from isomorph.drift.severities import DEFAULTS, SITUATIONS
from isomorph.model.errors import CODES
from isomorph.platforms.platform import Platform
from isomorph.platforms.table import PLATFORMS, load_files
from isomorph.report.code_texts import CODE_TEXTS, REASON_TEXTS, Advice
from isomorph.report.rule_places import (
    Written,
    find_all_places,
    find_silence,
    tell_consequence,
    tell_meaning,
    tell_mending,
)

_HEAD = """\
# Rules, diagnostics and reasons

Written by `make pages` from the tables that `isomorph explain` reads; edit those.

A finding is a difference under one of the [rules](#rules). A [diagnostic](#diagnostics) is what a reader, a writer or the
judge could not carry, assumed, or wants to be known. A [reason](#reasons) is why a difference is expected and fails nothing.

Severities are defaults, by situation, and `severity` in isomorph.yaml sets others:

"""


def print_page() -> str:
    """Write the page as Markdown."""
    lines = [f"- *{situation}*: {meaning}" for situation, meaning in SITUATIONS.items()]
    lines += ["", "Where the places below are:", "", "| platform | in |", "|---|---|"]
    lines += [f"| {platform.title} | {load_files(platform.name)} |" for platform in PLATFORMS]
    lines += ["", "## Rules", ""]
    lines += [f"- [`{rule.id}`](#{_anchor(rule.id)}): {rule.title}" for rule in RULES.values()]
    for rule in RULES.values():
        lines += ["", *_rule(rule)]
    lines += ["", "## Diagnostics"]
    for code, meaning in CODES.items():
        lines += ["", f"### `{code}`", "", meaning, "", *_advice(CODE_TEXTS[code])]
    lines += ["", "## Reasons"]
    for reason, meaning in REASONS.items():
        lines += ["", f"### {reason}", "", meaning, "", *_advice(REASON_TEXTS[reason])]
        sources = {entry.rule: entry.source for entry in ENTRIES if entry.reason == reason}
        if sources:
            told = ", ".join(f"[`{rule}`]({source})" for rule, source in sources.items())
            lines += ["", f"Rules, and why it holds for them: {told}."]
    return _HEAD + "\n".join(lines) + "\n"


def _rule(rule: Rule) -> list[str]:
    lines = [f"### `{rule.id}`", "", tell_meaning(rule), ""]
    lines += [f"**Why it matters.** {tell_consequence(rule)} ([reference]({rule.reference}))", ""]
    by = DEFAULTS[rule.id]
    told = ", ".join(f"{severity.value} ({situation})" for situation, severity in by.items())
    lines += [f"**Severity.** {rule.severity.value if len(set(by.values())) == 1 else told}.", ""]
    if rule.has_subject:
        lines += [f"**Subject.** {SUBJECTS[rule.id]}.", ""]
    hint = tell_mending(rule)
    lines += [f"**To mend.** {hint[:1].upper()}{hint[1:]}.", "", "| field | platforms | where |", "|---|---|---|"]
    for row, platforms in find_all_places(rule):
        lines.append(f"| `{row.field}` | {_titles(platforms)} | {_cell(row)} |")
    silence = [
        f"{_titles(each.platforms)}: {each.subject + ' ' if each.subject else ''}`{each.value or '(empty)'}`"
        + (f" ({each.when})" if each.when else "")
        for each in find_silence(rule)
    ]
    return [*lines, *(["", f"**Where nothing is said.** {'; '.join(silence)}."] if silence else [])]


def _advice(advice: Advice) -> list[str]:
    reference = f" ([reference]({advice.reference}))" if advice.reference else ""
    return [
        f"**Why it matters.** {advice.matters}{reference}",
        "",
        f"**What to do.** {advice.do[:1].upper()}{advice.do[1:]}.",
    ]


def _titles(platforms: tuple[Platform, ...]) -> str:
    return ", ".join(platform.title for platform in platforms)


def _cell(row: Written) -> str:
    reason = row.reason.replace("|", "\\|")
    if row.level == "never":
        return f"cannot be said: {reason}"
    place = "``" + f" {row.place} " + "``" if "`" in row.place else f"`{row.place}`"
    return f"{place}; in part: {reason}" if row.level == "lossy" else place


def _anchor(rule: str) -> str:
    """Give what code hosts make of the heading of a rule."""
    return rule.replace(".", "")


if __name__ == "__main__":
    with open(sys.argv[1], "w", encoding="utf-8") as page:
        page.write(print_page())
