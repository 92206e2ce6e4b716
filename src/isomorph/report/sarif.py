"""The report as SARIF 2.1.0, for code hosts: every rule declared, a result a cause, all sides in `relatedLocations`.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. The limits are those of GitHub's code scanning,
https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/troubleshoot-sarif-uploads/results-exceed-limit.
"""

from typing import Any
from urllib.parse import quote

from isomorph import __version__
from isomorph.drift.finding import Finding, Report, Side, TeamRule, Verdict
from isomorph.drift.rules import RULES
from isomorph.drift.threshold import DEFAULT, Threshold
from isomorph.model.native import encode_json
from isomorph.model.origin import Origin
from isomorph.report.causes import Cause, find_file, gather
from isomorph.report.json_report import PlaceFile, file_placer
from isomorph.report.places import is_file, web_address
from isomorph.report.terminal import clean, say_nothing

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "isomorph/v1"
RESULTS, LOCATIONS = 5_000, 100
"""Results of a run and locations of a result that a code host shows; the gravest come first, so what is cut is the least."""
LONGEST = 1024
"""Characters of a rule's texts."""


def print_sarif(report: Report, root: str | None = None, threshold: Threshold = DEFAULT) -> bytes:
    """Write a report as SARIF; files are relative to `root` (the project's), else to the current folder."""
    return encode_json(to_sarif(threshold.weigh(report), file_placer(root)))


def to_sarif(report: Report, place: PlaceFile) -> dict[str, Any]:
    """Put a report into SARIF's shape. Suppressed and expected findings are not in it: a code host would show them."""
    causes = gather(report)
    team_rules = {each.name: each for each in report.team_rules}
    names = (*team_rules, *(cause.head.rule for cause in causes))
    rules = [*RULES, *dict.fromkeys(name for name in names if name not in RULES)]
    index = {rule: number for number, rule in enumerate(rules)}
    results = [_result(cause, find_file(cause.head, report), index, place) for cause in causes[:RESULTS]]
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "isomorph",
                "semanticVersion": __version__,
                "rules": [_rule(rule, team_rules.get(rule), report) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    if len(causes) > RESULTS:
        run["properties"] = {"resultsLeftOut": len(causes) - RESULTS}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(name: str, declared: TeamRule | None, report: Report) -> dict[str, Any]:
    rule = RULES.get(name)
    if rule is None:
        return _team_rule(declared or _guess(name, report))
    return {
        "id": name,
        "shortDescription": {"text": _sentence(rule.title)},
        "fullDescription": {"text": rule.explanation},
        "help": {"text": f"{rule.explanation}\n\nTo mend it: {_mend(rule.hint)}."},
        "helpUri": rule.reference,
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": {"tags": ["drift", name.partition(".")[0]]},
    }


def _guess(name: str, report: Report) -> TeamRule:
    """Give what the first finding of a rule says of it that nobody declared."""
    found = next(finding for finding in report.findings if finding.rule == name)
    title = name.partition(".")[2].replace("-", " ") or name
    return TeamRule(name=name, description=title, severity=found.severity, mend=found.hint)


def _team_rule(rule: TeamRule) -> dict[str, Any]:
    """Declare a rule of a policy. A code host demands all three texts, and an address is one of the web."""
    title = _limit(rule.description)
    told = {
        "id": rule.name,
        "shortDescription": {"text": _sentence(title)},
        "fullDescription": {"text": _limit(f"A rule of the project's policy: {title}.")},
        "help": {"text": _limit(f"To mend it: {rule.mend}." if rule.mend else f"It holds where {rule.description}.")},
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": {"tags": ["policy"]},
    }
    address = web_address(rule.reference)
    return {**told, "helpUri": address} if address else told


def _limit(text: str) -> str:
    shown = clean(text)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


class _Words(dict[str, str]):
    """What stands for the parts of a hint where there is no finding."""

    def __missing__(self, key: str) -> str:
        return {"here": "one side", "there": "the other side"}.get(key, f"the {key}")


def _mend(hint: str) -> str:
    return hint.format_map(_Words())


def _result(cause: Cause, origin: Origin, index: dict[str, int], place: PlaceFile) -> dict[str, Any]:
    head = cause.head
    hint = f" To mend it: {head.hint}." if head.hint else ""
    related = _related(cause, place)
    result: dict[str, Any] = {
        "ruleId": head.rule,
        "ruleIndex": index[head.rule],
        "level": head.severity.value,
        "message": {"text": f"{_plain(f'{cause.message}{hint}')}{_links(head, related)}"},
        "locations": [{"physicalLocation": _physical(origin, place)}],
        "partialFingerprints": {FINGERPRINT: head.fingerprint},
        "properties": {
            "cause": head.cause,
            "verdict": head.verdict.value,
            "workloads": list(cause.workloads),
            "unresolved": head.verdict is Verdict.UNRESOLVED,
        },
    }
    if related:
        result["relatedLocations"] = related
    return result


def _plain(text: str) -> str:
    """Write a text so that no value in it is a link: `[text](1)` is one in a message."""
    return clean(text).replace("](", "] (")


def _links(finding: Finding, related: list[dict[str, Any]]) -> str:
    """Link the places of a finding's sides: a code host shows only those that the message names."""
    texts = [f"{_say(finding, side)}" for side in finding.sides]
    numbers = {each["message"]["text"]: each["id"] for each in reversed(related)}
    links = [
        f"[{side.environment}]({numbers[text]})"
        for side, text in zip(finding.sides, texts, strict=True)
        if text in numbers
    ]
    return f" See {' and '.join(links)}." if links else ""


def _related(cause: Cause, place: PlaceFile) -> list[dict[str, Any]]:
    """Give every side of every finding once, with what it says; what a value came from follows it."""
    found: dict[Origin, str] = {}
    for finding in cause.findings:
        for side in finding.sides:
            if side.origin is not None:
                for origin in (side.origin, *side.origin.via):
                    if is_file(origin):
                        found.setdefault(Origin(origin.file, origin.line, origin.column), _say(finding, side))
    return [
        {"id": number, "physicalLocation": _physical(origin, place), "message": {"text": text}}
        for number, (origin, text) in enumerate(list(found.items())[:LOCATIONS], 1)
    ]


def _say(finding: Finding, side: Side) -> str:
    value = say_nothing(finding.rule) if side.value is None else clean(side.value) or "empty"
    what = f"{finding.rule} {finding.subject}".strip()
    return f"{side.environment}: {clean(what)}: {value}"


def _physical(origin: Origin, place: PlaceFile) -> dict[str, Any]:
    uri = quote(place(origin.file).partition("?")[0], safe="/-._~!$&'()*+,;=@")
    location = {"uri": f"file://{uri}"} if uri.startswith("/") else {"uri": uri, "uriBaseId": "%SRCROOT%"}
    return {
        "artifactLocation": location,
        "region": {"startLine": max(1, origin.line), "startColumn": max(1, origin.column)},
    }
