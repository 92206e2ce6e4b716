"""What saying nothing means on the platform that was read, for writers of platforms on which it means something else."""

import msgspec

from isomorph.platforms.table import BY_NAME, find_family, load_defaults

_TIMINGS = ("period", "timeout", "failures", "successes", "initial-delay", "grace")


class Silence(msgspec.Struct, frozen=True):
    """What a platform does where nothing is said, durations in milliseconds (facts 19, 22, 23).

    `timing` is by probe and field: `readiness.period`. `stop_grace` None and an empty `restart`: as on the platform that is
    written, or not known.
    """

    timing: dict[str, int] = {}
    stop_grace: int | None = None
    restart: str = ""

    def of_probe(self, probe: str) -> dict[str, int]:
        """Give the timing of one probe by the names of its fields."""
        fields = {name: self.timing.get(f"{probe}.{name}") for name in _TIMINGS}
        return {name: value for name, value in fields.items() if value is not None}


def find_silence(platform: str, own: str) -> Silence:
    """Give what silence means on `platform`, where it may mean something else on `own`, which is written.

    Between members of one family that is only what they take differently, since all else is silent on both.
    """
    if platform == own or platform not in BY_NAME:
        return Silence()
    there = _read(platform)
    if find_family(platform) != find_family(own):
        return there
    here = _read(own)
    return Silence(
        {name: value for name, value in there.timing.items() if here.timing.get(name) != value},
        None if there.stop_grace == here.stop_grace else there.stop_grace,
        "" if there.restart == here.restart else there.restart,
    )


def _read(platform: str) -> Silence:
    """Read the platform's defaults that hold without a condition."""
    said = {(each.rule, each.subject): each.value for each in load_defaults(platform) if not each.when}
    timing = {subject: value for (rule, subject), value in said.items() if rule == "probe.timing"}
    grace = said.get(("process.stop-grace", ""))
    return Silence(
        {subject: parse_amount(value) for subject, value in timing.items()},
        None if grace is None else parse_amount(grace),
        said.get(("lifecycle.restart", ""), ""),
    )


def parse_amount(text: str) -> int:
    """Read a default as it is printed: a count, or a duration as milliseconds."""
    if text.endswith("ms"):
        return int(text[:-2])
    return int(text[:-1]) * 1000 if text.endswith("s") else int(text)
