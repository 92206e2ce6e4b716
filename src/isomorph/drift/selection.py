"""Which findings somebody means: by rule, workload, container, subject and environments, each a name or a pattern with `*`."""

import re
from functools import lru_cache

import msgspec

from isomorph.drift.finding import Finding

ANY = "*"

_PORT = re.compile(r"(\d+)/(?:tcp|udp|sctp)")


class Selection(msgspec.Struct, frozen=True):
    """Findings that fit every part. In `between` the order means nothing; None: between any environments.

    A port's subject is NUMBER/PROTOCOL; a subject without a protocol means the port of any.
    """

    rule: str = ANY
    workload: str = ANY
    container: str = ANY
    subject: str = ANY
    between: tuple[str, ...] | None = None

    def matches(self, finding: Finding) -> bool:
        """Tell whether a finding is one that is meant."""
        return (
            fits(self.rule, finding.rule)
            and fits(self.workload, finding.workload)
            and fits(self.container, finding.container)
            and _fits_subject(self.subject, finding.subject)
            and _are_between(self.between, finding.environments)
        )


def fits(pattern: str, name: str) -> bool:
    """Tell whether a name fits a pattern: `*` is any text, `?` any character."""
    return pattern in (ANY, name) or (_is_pattern(pattern) and _compile(pattern).fullmatch(name) is not None)


def _fits_subject(pattern: str, subject: str) -> bool:
    if fits(pattern, subject):
        return True
    port = _PORT.fullmatch(subject)
    return port is not None and fits(pattern, port[1])


def _is_pattern(text: str) -> bool:
    return "*" in text or "?" in text


@lru_cache(maxsize=1024)
def _compile(pattern: str) -> re.Pattern[str]:
    words = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", pattern))
    return re.compile("".join(words), re.DOTALL)


def _are_between(patterns: tuple[str, ...] | None, environments: tuple[str, ...]) -> bool:
    if patterns is None:
        return True
    if len(environments) == 1 or len(patterns) == 1:
        return any(fits(pattern, name) for pattern in patterns for name in environments)
    first, second = patterns
    a, b = environments
    return (fits(first, a) and fits(second, b)) or (fits(first, b) and fits(second, a))
