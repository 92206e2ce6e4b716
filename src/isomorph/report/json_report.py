"""The report as JSON, `isomorph.drift/v1`; its schema is `drift-v1.schema.json` beside this file."""

import os
from collections.abc import Callable
from typing import Any

from isomorph import __version__
from isomorph.drift.finding import SCHEMA, Environment, Finding, Report, Side, Verdict
from isomorph.drift.threshold import DEFAULT, Threshold
from isomorph.model.errors import Diagnostic
from isomorph.model.native import encode_json
from isomorph.model.origin import Origin

PlaceFile = Callable[[str], str]

SCHEMA_FILE = os.path.join(os.path.dirname(__file__), "drift-v1.schema.json")


def print_json(report: Report, root: str | None = None, threshold: Threshold = DEFAULT) -> bytes:
    """Write a report as JSON, whatever counts; files are relative to `root` (the project's), else to the current folder."""
    return encode_json(to_json(report, file_placer(root)))


def to_json(report: Report, place: PlaceFile) -> dict[str, Any]:
    """Put a report into the shape of its JSON form. Verdicts that are only counted have no findings."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "isomorph", "version": __version__},
        "environments": [_environment(each, place) for each in report.environments],
        "workloads": [{"name": each.name, "aliases": each.aliases} for each in report.workloads],
        "findings": [_finding(each, place) for each in report.findings],
        "diagnostics": [_diagnostic(each, place) for each in report.diagnostics],
        "summary": {verdict.value: report.summary.get(verdict.value, 0) for verdict in Verdict},
    }


def file_placer(root: str | None = None) -> PlaceFile:
    """Give the function that writes a file's path relative to a folder; one outside it stays as it was named."""
    folder = os.path.realpath(root if root is not None else ".")
    known: dict[str, str] = {}

    def place(file: str) -> str:
        placed = known.get(file)
        if placed is None:
            placed = known[file] = _relative(file, folder)
        return placed

    return place


def _relative(file: str, folder: str) -> str:
    if file in ("", "-"):
        return file
    path, mark, options = file.partition("?") if not os.path.exists(file) else (file, "", "")
    absolute = os.path.abspath(path)
    for base in (folder, os.path.abspath(".")):
        if absolute.startswith(base.rstrip(os.sep) + os.sep):
            return os.path.relpath(absolute, base).replace(os.sep, "/") + mark + options
    return file.replace(os.sep, "/")


def _environment(environment: Environment, place: PlaceFile) -> dict[str, Any]:
    return {
        "name": environment.name,
        "definitions": [{"platform": platform, "source": place(source)} for platform, source in environment.parts],
    }


def _finding(finding: Finding, place: PlaceFile) -> dict[str, Any]:
    """Write a finding; one of a policy is between nothing."""
    between = {"between": list(finding.between)} if finding.between else {}
    return {
        "fingerprint": finding.fingerprint,
        "cause": finding.cause,
        "rule": finding.rule,
        "verdict": finding.verdict.value,
        "severity": finding.severity.value,
        "compared_with": finding.compared_with,
        "workload": finding.workload,
        "container": finding.container,
        "subject": finding.subject,
        **between,
        "sides": [_side(side, place) for side in finding.sides],
        "message": finding.message,
        "reason": finding.reason,
        "hint": finding.hint,
    }


def _side(side: Side, place: PlaceFile) -> dict[str, Any]:
    return {
        "environment": side.environment,
        "value": side.value,
        "origin": _origin(side.origin, place) if side.origin is not None else None,
    }


def _origin(origin: Origin, place: PlaceFile) -> dict[str, Any]:
    written: dict[str, Any] = {"file": place(origin.file), "line": origin.line, "column": origin.column}
    if origin.via:
        written["via"] = [_origin(each, place) for each in origin.via]
    return written


def _diagnostic(diagnostic: Diagnostic, place: PlaceFile) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "message": diagnostic.message,
        "origin": _origin(diagnostic.origin, place) if diagnostic.origin is not None else None,
    }
