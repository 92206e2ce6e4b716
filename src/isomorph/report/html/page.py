"""The report as one self-contained HTML page: the workloads × environments matrix, and below it each finding with its sources.

All of it is markup, so that it can be read without JavaScript; the script only filters, follows links and keys, and sets the
theme. Nothing is fetched: the page's own policy forbids it, and allows this style and this script by their hashes alone.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files
from itertools import islice
from typing import Any

import msgspec

from isomorph import __version__
from isomorph.drift.finding import AlignedWorkload, Environment, Finding, Report, Severity, Side, TeamRule, Verdict
from isomorph.drift.rules import RULES
from isomorph.drift.threshold import DEFAULT, Threshold
from isomorph.model.secrecy import MASK
from isomorph.report.causes import gather, join_names
from isomorph.report.fold import ALWAYS_SHOWN
from isomorph.report.html.source_lines import Sources
from isomorph.report.json_report import PlaceFile, file_placer
from isomorph.report.places import find_source, is_file, web_address
from isomorph.report.terminal import clean, count, say_nothing

WITH_SOURCES = 6_000
"""Findings that are shown with their source lines, the gravest first: a page that nobody's browser opens helps nobody."""
LONGEST = 2_000
"""Characters of a value."""
CAUSES = 25
"""Causes of several findings that are listed by themselves."""

_SEVERITY = {severity: rank for rank, severity in enumerate(Severity)}
_VERDICT = {verdict: rank for rank, verdict in enumerate((*ALWAYS_SHOWN, *Verdict))}
_SAFE = re.compile(r"[^A-Za-z0-9._-]")


def print_html(report: Report, root: str | None = None, threshold: Threshold = DEFAULT) -> bytes:
    """Write a report as a page, whatever counts; files are relative to `root` (the project's), else to the current folder."""
    from minijinja import Environment as Templates

    folder = files("isomorph.report.html")
    texts = {name: (folder / name).read_text(encoding="utf-8") for name in ("page.html", "page.css", "page.js")}
    style, script = texts["page.css"], texts["page.js"]
    page = _Page(report, root)
    templates = Templates(templates={"page.html": texts["page.html"]}, trim_blocks=True, lstrip_blocks=True)
    written = templates.render_template(
        "page.html", **page.data(), style=style, script=script, style_hash=_hash(style), script_hash=_hash(script)
    )
    return written.encode("utf-8", "replace")


def _hash(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def make_id(kind: str, name: str) -> str:
    """Give the id that a link goes to: `workload-carts`; other characters than letters, digits, `.`, `_`, `-` by their number."""
    return f"{kind}-{_SAFE.sub(lambda found: f'_{ord(found[0]):x}', name)}"


class _Page:
    """What the template is given: plain data, in the order in which it is shown."""

    def __init__(self, report: Report, root: str | None) -> None:
        self.report = report
        self.place: PlaceFile = file_placer(root)
        self.sources = Sources(report, root)
        self.names = [environment.name for environment in report.environments]
        ordered = sorted(report.findings, key=_order)
        self.ids = _give_ids(ordered)
        self.findings: dict[str, list[Finding]] = {}
        self.members: dict[int, list[Finding]] = {}
        self.shown: list[Finding] = []
        for finding, members in _merge_pairs(ordered, self.names):
            self.findings.setdefault(finding.workload, []).append(finding)
            self.members[id(finding)] = members
            if finding.verdict in ALWAYS_SHOWN:
                self.shown.append(finding)
        self.with_sources = {id(each) for each in self.shown[:WITH_SOURCES]}

    def data(self) -> dict[str, Any]:
        """Give all of the page."""
        report = self.report
        known = {each.name for each in report.workloads}
        further = [AlignedWorkload(name) for name in self.findings if name not in known]
        workloads = [self.workload(each) for each in (*report.workloads, *further)]
        workloads.sort(key=lambda each: (each["order"], each["name"]))
        rules = sorted({each.rule for each in report.findings})
        declared = {each.name: each for each in report.team_rules}
        return {
            "version": __version__,
            "title": f"Drift between {join_names(self.names, 10)}"
            if len(self.names) > 1
            else f"Drift of {self.names[0]}",
            "environments": [self.environment(each) for each in report.environments],
            "counts": _count(self.shown),
            "unresolved": sum(each.verdict is Verdict.UNRESOLVED for each in self.shown),
            "counted": [(name, n) for name, n in report.summary.items() if n and name not in _names(ALWAYS_SHOWN)],
            "causes": [self.cause(each) for each in islice(_shared(report), CAUSES)],
            "workloads": workloads,
            "with_drift": sum(bool(each["findings"]) for each in workloads),
            "rules": [_rule(name, declared.get(name)) for name in rules],
            "diagnostics": [(each.code, clean(each.message), self.where(each.origin)) for each in report.diagnostics],
            "left_out": max(0, len(self.shown) - WITH_SOURCES),
            "severities": [severity.value for severity in Severity],
            "verdicts": [verdict.value for verdict in ALWAYS_SHOWN],
            "sides": sorted({name for each in self.shown for name in each.environments}),
        }

    def environment(self, environment: Environment) -> dict[str, Any]:
        """Give an environment with what it is made of."""
        parts = [(platform, clean(self.place(source))) for platform, source in environment.parts]
        workloads = count(len(environment.definition.application.workloads), "workload")
        return {"name": environment.name, "parts": parts, "workloads": workloads}

    def cause(self, findings: tuple[Finding, ...]) -> dict[str, Any]:
        """Give a cause of several findings, as a link to the gravest."""
        head = findings[0]
        names = list(dict.fromkeys(finding.workload for finding in findings))
        return {
            "id": self.ids[id(head)],
            "severity": head.severity.value,
            "rule": head.rule,
            "subject": clean(head.subject),
            "findings": count(len(findings), "finding"),
            "workloads": clean(join_names(names)),
            "message": clean(head.message),
        }

    def workload(self, workload: AlignedWorkload) -> dict[str, Any]:
        """Give a workload: its row of the matrix, and its findings."""
        findings = self.findings.get(workload.name, [])
        shown = [each for each in findings if each.verdict in ALWAYS_SHOWN]
        aliases = {name: alias for name, alias in workload.aliases.items() if alias and alias != workload.name}
        counts = _count(shown)
        return {
            "id": make_id("workload", workload.name),
            "name": clean(workload.name),
            "aliases": [(name, clean(alias)) for name, alias in aliases.items()],
            "cells": [self.cell(workload, name, shown) for name in self.names],
            "counts": counts,
            "order": tuple(-number for _, number in _all_counts(shown)) if shown else (1,),
            "findings": [self.finding(each) for each in shown],
            "further": [self.finding(each) for each in findings if each.verdict not in ALWAYS_SHOWN],
        }

    def cell(self, workload: AlignedWorkload, environment: str, shown: list[Finding]) -> dict[str, Any]:
        """Give what the matrix says of a workload in an environment."""
        own = [finding for finding in shown if _is_about(finding, environment)]
        alias = workload.aliases.get(environment)
        absent = not alias and bool(workload.aliases)
        return {"environment": environment, "absent": absent, "counts": _count(own)}

    def finding(self, finding: Finding) -> dict[str, Any]:
        """Give a finding; those that are only shown on request have no source lines."""
        said = [side.value for side in finding.sides]
        parts = _set_apart(said) if finding.verdict in ALWAYS_SHOWN else None
        values = parts or [("", _cut(value), "") if value else ("", value, "") for value in said]
        with_source = id(finding) in self.with_sources
        members = self.members[id(finding)]
        return {
            "id": self.ids[id(members[0])],
            "also": [self.ids[id(each)] for each in members[1:]],
            "between": [clean(" and ".join(each.environments)) for each in members[1:]],
            "severity": finding.severity.value,
            "verdict": finding.verdict.value,
            "rule": finding.rule,
            "rule_id": make_id("rule", finding.rule),
            "subject": clean(finding.subject),
            "container": clean(finding.container),
            "message": _message(finding),
            "reason": clean(finding.reason or ""),
            "hint": [(clean(text), bool(number % 2)) for number, text in enumerate(finding.hint.split("`"))],
            "fingerprints": [clean(each.fingerprint) for each in members],
            "environments": "|".join(finding.environments),
            "against": finding.compared_with,
            "sides": [
                self.side(finding, side, value, with_source) for side, value in zip(finding.sides, values, strict=True)
            ],
        }

    def side(
        self, finding: Finding, side: Side, value: tuple[str, str | None, str], with_source: bool
    ) -> dict[str, Any]:
        """Give what a side says, where, and the lines there; a value that came from somewhere has the lines of that place."""
        origin = find_source(side.origin) if side.origin is not None else None
        via = [each for each in (side.origin, *side.origin.via) if each != origin] if side.origin is not None else []
        with_source = with_source and origin is not None and not _is_to_be_written(finding, side)
        return {
            "environment": side.environment,
            "said": side.value is not None,
            "nothing": say_nothing(finding.rule),
            "value": value,
            "where": self.where(origin),
            "via": [self.where(each) for each in via if is_file(each)],
            "lines": self.sources.show(origin) if with_source and origin is not None else "",
        }

    def where(self, origin: Any) -> str:
        """Write a place."""
        return (
            f"{clean(self.place(origin.file))}:{origin.line}:{origin.column}"
            if origin is not None and is_file(origin)
            else ""
        )


def _order(finding: Finding) -> tuple[Any, ...]:
    identity = (finding.workload, finding.container, finding.rule, finding.subject)
    return _SEVERITY[finding.severity], _VERDICT[finding.verdict], *identity, finding.environments


def _merge_pairs(findings: list[Finding], names: list[str]) -> Iterator[tuple[Finding, list[Finding]]]:
    """Make one finding of what is found between several pairs, with the sides of all; with each go those that it stands for."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    values: dict[tuple[object, ...], dict[str, str | None]] = {}
    for number, finding in enumerate(findings):
        key: tuple[object, ...] = (finding.workload, finding.container, finding.rule, finding.subject)
        said = {side.environment: side.value for side in finding.sides}
        alike = all(values.get(key, {}).get(name, value) == value for name, value in said.items())
        if finding.verdict not in ALWAYS_SHOWN or finding.compared_with != "pair" or not alike:
            key = (number,)
        groups.setdefault(key, []).append(finding)
        values.setdefault(key, {}).update(said)
    place = {name: index for index, name in enumerate(names)}
    for members in groups.values():
        if len(members) == 1:
            yield members[0], members
            continue
        sides = {side.environment: side for member in members for side in member.sides}
        ordered = sorted(sides.values(), key=lambda side: place.get(side.environment, len(place)))
        yield msgspec.structs.replace(members[0], sides=tuple(ordered)), members


def _give_ids(findings: list[Finding]) -> dict[int, str]:
    """Give each finding its link; fingerprints are unique but for what somebody else's report holds."""
    used: dict[str, int] = {}
    ids = {}
    for finding in findings:
        name = make_id("finding", finding.fingerprint)
        used[name] = used.get(name, 0) + 1
        ids[id(finding)] = name if used[name] == 1 else f"{name}-{used[name]}"
    return ids


def _shared(report: Report) -> list[tuple[Finding, ...]]:
    """Give the causes of several workloads' findings, as they are told elsewhere, the gravest first."""
    return [cause.findings for cause in gather(report) if len(cause.workloads) > 1]


def _names(verdicts: tuple[Verdict, ...]) -> set[str]:
    return {verdict.value for verdict in verdicts}


def _all_counts(findings: list[Finding]) -> list[tuple[str, int]]:
    return [(severity.value, sum(each.severity is severity for each in findings)) for severity in Severity]


def _count(findings: list[Finding]) -> list[tuple[str, int, str]]:
    """Count by severity: its name, the number, and both in words."""
    return [(name, number, count(number, name)) for name, number in _all_counts(findings) if number]


def _is_about(finding: Finding, environment: str) -> bool:
    return environment in finding.environments


def _is_to_be_written(finding: Finding, side: Side) -> bool:
    """Tell whether a side's place is in a file as it would be generated, which is not the file that is there."""
    other = finding.sides[0]
    if finding.compared_with != "generated" or side is other or side.origin is None or other.origin is None:
        return False
    return side.origin.file == other.origin.file


def _message(finding: Finding) -> str:
    """Write a finding's sentence below its workload's name, without that name."""
    rest = clean(finding.message.removeprefix(f"{finding.workload}: "))
    return f"{rest[:1].upper()}{rest[1:]}" if rest.startswith(("the ", "whether ")) else rest


def _cut(value: str) -> str:
    shown = "\n".join(map(clean, value.split("\n")))
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def _set_apart(values: list[str | None]) -> list[tuple[str, str | None, str]] | None:
    """Give two values each as what both start with, what differs, and what both end with; None where little is alike."""
    if len(values) != 2 or any(value is None or value == MASK or len(value) < 12 for value in values):
        return None
    a, b = (_cut(value or "") for value in values)
    most = min(len(a), len(b))
    start = next((at for at in range(most) if a[at] != b[at]), most)
    start = _step_back(a, start)
    end = next((at for at in range(most - start) if a[-1 - at] != b[-1 - at]), most - start)
    end = _step_back(a[::-1], end)
    if start + end < 6:
        return None
    return [(each[:start], each[start : len(each) - end], each[len(each) - end :]) for each in (a, b)]


def _step_back(text: str, at: int) -> int:
    """Give the nearest start of a word at or before a place; words end at spaces where there are any."""
    spaced = " " in text
    while at and not (text[at - 1].isspace() if spaced else not text[at - 1].isalnum()):
        at -= 1
    return at


def _rule(name: str, declared: TeamRule | None) -> dict[str, str]:
    rule = RULES.get(name)
    texts = {"id": make_id("rule", name), "name": name}
    if rule is not None:
        return {**texts, "title": _start(rule.title), "explanation": rule.explanation, "reference": rule.reference}
    policy = "A rule of the project's policy"
    if declared is None:
        return {**texts, "title": policy, "explanation": "", "reference": ""}
    title = _start(clean(declared.description))
    return {**texts, "title": title, "explanation": f"{policy}.", "reference": web_address(declared.reference)}


def _start(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
