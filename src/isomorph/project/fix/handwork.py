"""What is not taken from one environment to another: whoever mends it decides, and is told why.

A secret is an environment's own, so is an address (each finds its peers in its own way, and its databases elsewhere); what
is not said on the other side has no value to take.
"""

import re

from isomorph.drift.finding import Finding, Verdict
from isomorph.model.image import DEFAULT_TAG
from isomorph.model.secrecy import MASK, has_secret, is_secret_name, mask_text
from isomorph.model.text import Text, is_unresolved, parts_of
from isomorph.project.fix.mending import is_flag_set
from isomorph.project.fix.said import Sides

_HOSTS = re.compile(r"(?<=://)[^/\s\"'?#]+|(?<![\w.-])(?:[A-Za-z0-9-]+\.)*[A-Za-z][A-Za-z0-9-]*:[0-9]{2,5}(?![\w.])")
_MAIL_OR_NAME = re.compile(r"(?:[A-Za-z0-9-]+\.)+(?:com|net|org|io|dev|local|internal|cloud|eu|de|app|svc|cluster)\b")
_NEVER = {
    "workload.missing": "a whole workload is not written",
    "workload.kind": "another kind needs other fields, too",
    "container.missing": "a whole container is not written",
    "route.host": "a host is an environment's own",
    "dns.record": "a name is an environment's own",
    "reference.dangling": "which peer is meant only people know",
    "dependency.missing": "what a workload depends on is provisioned for each environment",
}


def why_by_hand(finding: Finding, sides: Sides) -> str | None:
    """Give the reason for which a finding is left to people before anything is tried; None where it may be mended."""
    source, target = sides.of(finding)
    if finding.verdict is Verdict.UNRESOLVED:
        return "its value is not known here"
    if finding.rule.startswith("secret."):
        return "secrets are not copied"
    if finding.rule in _NEVER:
        return _NEVER[finding.rule]
    if any(side.value is not None and MASK in side.value for side in (source, target)):
        return "secrets are not copied"
    if source.value is None and not is_flag_set(finding, source, target):
        return f"{source.environment} does not say it, so that there is no value to take"
    if finding.rule == "image.tag" and source.value == DEFAULT_TAG:
        return f"{DEFAULT_TAG} is no version to take"
    if finding.rule.startswith("variable."):
        return _why_variable(finding, sides)
    if finding.rule == "file.content":
        return _why_content(finding, sides)
    if finding.rule.startswith("process.") and _hosts(source.value or "") != _hosts(target.value or ""):
        return "an address is an environment's own"
    return None


def _why_variable(finding: Finding, sides: Sides) -> str | None:
    ours, theirs = sides.variable(sides.source, finding), sides.variable(sides.target, finding)
    if is_secret_name(finding.subject) or any(text is not None and has_secret(text) for text in (ours, theirs)):
        return "secrets are not copied"
    if ours is None:
        return f"{sides.source.name} takes it from elsewhere"
    if is_unresolved(ours) or (theirs is not None and is_unresolved(theirs)):
        return "its value is not known here"
    if _references(ours) != (_references(theirs) if theirs is not None else ()):
        return "it refers to what each environment has under a name of its own"
    if theirs is None and not isinstance(ours, str):
        return "it refers to what each environment has under a name of its own"
    if isinstance(ours, str) and ours != theirs and ours.lower() in _peers(sides):
        return "it refers to what each environment has under a name of its own"
    if isinstance(ours, str) and _hosts(ours) != (_hosts(theirs) if isinstance(theirs, str) else ()):
        return "an address is an environment's own"
    return None


def _peers(sides: Sides) -> set[str]:
    """Give the names under which workloads of the source are reached: a value that is one of them is no setting."""
    workloads = sides.source.definition.application.workloads.values()
    return {name.lower() for workload in workloads for name in (workload.name, *workload.names)}


def _why_content(finding: Finding, sides: Sides) -> str | None:
    """Give the reason for which a file's text is not copied: something in it is an environment's own."""
    texts = [sides.content(side, finding) for side in (sides.source, sides.target)]
    if any(text is None for text in texts):
        return "its text is not known here, or refers to what each environment has under a name of its own"
    ours, theirs = (text or "" for text in texts)
    if any(mask_text(text) != text for text in (ours, theirs)):
        return "secrets are not copied"
    return None if _hosts(ours) == _hosts(theirs) else "an address is an environment's own"


def _references(text: Text) -> tuple[type, ...]:
    """Give the kinds of references in a text; their names differ between environments and are left as they are."""
    return tuple(type(part) for part in parts_of(text) if not isinstance(part, str))


def _hosts(text: str) -> tuple[str, ...]:
    """Give the hosts that a text names, as far as its form says so."""
    return tuple(_HOSTS.findall(text)) + tuple(_MAIL_OR_NAME.findall(text))
