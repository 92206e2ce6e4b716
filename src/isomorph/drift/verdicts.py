"""From what two sides say to a verdict: the one place where facts are weighed, and findings and counts are kept."""

from typing import TYPE_CHECKING

from isomorph.drift.facts import Fact, Place, Scope, View
from isomorph.drift.finding import Verdict
from isomorph.drift.natures import find_nature, tell_alike
from isomorph.drift.reasons import CANNOT_SAY, PLATFORM_DEFAULT, find_entry
from isomorph.model.errors import Diagnostic
from isomorph.platforms.platform import Support

if TYPE_CHECKING:
    from isomorph.drift.realisations import Realised

EQUAL, DEFAULT, EXPECTED, UNSAID = Verdict.EQUAL, Verdict.DEFAULT, Verdict.EXPECTED, Verdict.UNSAID
DRIFT, MISSING, UNRESOLVED = Verdict.DRIFT, Verdict.MISSING, Verdict.UNRESOLVED
NO_CONDITIONS: frozenset[str] = frozenset()


_WEIGHED = (EQUAL, DRIFT, MISSING)
"""Verdicts that the nature of a platform may turn, or explain."""


class Told:
    """A verdict with what it is about, before it is put into words."""

    __slots__ = ("a", "b", "detail", "reason", "rule", "scope", "subject", "verdict")

    def __init__(
        self,
        scope: Scope,
        rule: str,
        subject: str,
        a: Fact | None,
        b: Fact | None,
        verdict: Verdict,
        reason: str | None,
        detail: str,
    ) -> None:
        self.scope = scope
        self.rule = rule
        self.subject = subject
        self.a = a
        self.b = b
        self.verdict = verdict
        self.reason = reason
        self.detail = detail


class Pair:
    """Two environments that are compared, and what was found so far."""

    __slots__ = (
        "a",
        "b",
        "by_nature",
        "diagnostics",
        "equal",
        "lost_names",
        "provisioned",
        "realised",
        "records",
        "same_family",
        "same_platform",
        "told",
        "unsaid",
    )

    def __init__(self, a: View, b: View) -> None:
        self.a = a
        self.b = b
        self.same_platform = a.platform == b.platform
        self.same_family = a.family == b.family
        self.by_nature = not self.same_platform and bool(a.natures or b.natures)
        self.diagnostics: list[Diagnostic] = []
        self.told: list[Told] = []
        self.equal = 0
        self.unsaid = 0
        self.records: set[tuple[str, str]] = set()  # (workload, port) already told as missing
        self.provisioned = bool(a.application.dependencies or b.application.dependencies)
        self.realised: dict[
            tuple[int, str], Realised
        ] = {}  # (side, workload or dependency) that is one with the other's
        self.lost_names: dict[tuple[str, str], str] = {}  # (workload, lower-case name) -> name that one side lacks

    def count(self) -> dict[str, int]:
        """Count the verdicts by their names."""
        counts = dict.fromkeys((verdict.value for verdict in Verdict), 0)
        counts[EQUAL.value] = self.equal
        counts[UNSAID.value] = self.unsaid
        for each in self.told:
            counts[each.verdict.value] += 1
        return counts

    def tell(
        self,
        scope: Scope,
        rule: str,
        subject: str,
        a: Fact | None,
        b: Fact | None,
        verdict: Verdict,
        reason: str | None = None,
        detail: str = "",
    ) -> Verdict:
        """Keep a verdict; `equal` and `unsaid` are only counted. `detail` is for the message."""
        if self.by_nature and verdict in _WEIGHED:
            found = find_nature(scope, rule, (a, b), alike=verdict is EQUAL)
            if found is not None and found[0].alike:
                self.diagnostics.append(tell_alike(found[0], scope, found[1], (a, b)))
            elif found is not None and found[0].reason:
                verdict, reason = EXPECTED, f"{found[0].reason}: {found[0].says}"
        if verdict is EQUAL:
            self.equal += 1
        elif verdict is UNSAID:
            self.unsaid += 1
        else:
            self.told.append(Told(scope, rule, subject, a, b, verdict, reason, detail))
        return verdict

    def weigh(self, scope: Scope, rule: str, subject: str, a: Fact | None, b: Fact | None) -> Verdict:
        """Judge one fact that a side or both sides say."""
        if a is not None and b is not None:
            return self._weigh_both(scope, rule, subject, a, b)
        if a is not None:
            verdict, reason = self._weigh_one(scope.a, scope.b, rule, subject, a)
        elif b is not None:
            verdict, reason = self._weigh_one(scope.b, scope.a, rule, subject, b)
        else:
            return EQUAL
        return self.tell(scope, rule, subject, a, b, verdict, reason)

    def _weigh_both(self, scope: Scope, rule: str, subject: str, a: Fact, b: Fact) -> Verdict:
        if a.compared == b.compared:
            return self.tell(scope, rule, subject, a, b, DEFAULT if a.from_image or b.from_image else EQUAL)
        if a.unresolved or b.unresolved:
            return self.tell(scope, rule, subject, a, b, UNRESOLVED)
        if not self.same_platform:
            for fact, view, other in ((b, self.a, self.b), (a, self.b, self.a)):
                row = self._find_unsayable(view, other, fact.field)
                if row is not None:
                    return self.tell(scope, rule, subject, a, b, EXPECTED, f"{CANNOT_SAY}: {row.reason}")
        return self.tell(scope, rule, subject, a, b, DRIFT)

    def _find_unsayable(self, silent: View, saying: View, field: str) -> Support | None:
        """Give the declaration by which one side cannot say a field; in one family, what neither has words for is said alike."""
        row = None if self.same_platform else silent.cannot_say(field)
        return None if row is not None and self.same_family and saying.cannot_say(field) is not None else row

    def _weigh_one(
        self, saying: Place, silent: Place, rule: str, subject: str, said: Fact
    ) -> tuple[Verdict, str | None]:
        """Judge what one side says and the other does not."""
        missing = rule.endswith(".missing")
        if not missing:
            default = silent.view.find_default(rule, subject, silent.conditions)
            if default is not None and default == said.value and not said.unresolved:
                return DEFAULT, None
        if silent.view.leaves_open(rule, said.field):
            return UNSAID, None
        row = self._find_unsayable(silent.view, saying.view, said.field)
        if row is not None:
            return EXPECTED, f"{CANNOT_SAY}: {row.reason}"
        if not self.same_platform:
            name = find_decider(saying, silent, rule, subject, said)
            if name is not None:
                return EXPECTED, f"{PLATFORM_DEFAULT}: {name} decides it itself"
        if missing:
            return MISSING, None
        return (UNRESOLVED if said.unresolved else DRIFT), None

    def weigh_silence(self, scope: Scope, rule: str, subject: str) -> None:
        """Judge what neither side says: the platforms' defaults may differ."""
        a = self.a.find_default(rule, subject, scope.a.conditions)
        b = self.b.find_default(rule, subject, scope.b.conditions)
        if a is not None and b is not None and a != b:
            detail = f"{self.a.name}: {a}, {self.b.name}: {b}"
            self.tell(scope, rule, subject, None, None, EXPECTED, f"{PLATFORM_DEFAULT}: {detail}")

    def weigh_facts(self, scope: Scope, hidden: frozenset[str] = NO_CONDITIONS) -> None:
        """Judge all facts of both sides, but for those under rules that something else judges."""
        ours, theirs = scope.a.facts, scope.b.facts
        for key, a in ours.items():
            if key[0] not in hidden:
                self.weigh(scope, key[0], key[1], a, theirs.get(key))
        for key, b in theirs.items():
            if key not in ours and key[0] not in hidden:
                self.weigh(scope, key[0], key[1], None, b)


def find_decider(saying: Place, silent: Place, rule: str, subject: str, said: Fact) -> str | None:
    """Give the side whose platform decides a matter itself, whatever is said: it imposes just what one side says, or picks
    what the other side is silent about. Root is no user like another, and is never picked.
    """
    for place, picks in ((saying, False), (silent, True)):
        if find_entry(rule, place.view.platform, PLATFORM_DEFAULT) is None:
            continue
        default = place.view.find_default(rule, subject, place.conditions)
        if (default is None and picks and said.value not in ("0", "root")) or (default == said.value and not picks):
            return place.view.name
    return None
