"""Where what a rule compares is written, platform by platform: from the platforms' places and support tables.

A platform that is a kind of another one shares its part, or has one that says only what differs.
"""

import msgspec

from isomorph.drift.rules import SUBJECTS, Rule
from isomorph.model.fields import FIELDS
from isomorph.platforms.platform import Level, Platform
from isomorph.platforms.table import BY_NAME, PLATFORMS, load_defaults, load_files, load_places, load_support

_BESIDE: dict[str, tuple[str, ...]] = {
    "workload.missing": ("kind.service",),
    "reference.dangling": ("port", "dns.record"),
}
"""Fields by which a rule of no single field is mended."""

_FOLLOWS: dict[str, str] = {
    "reference.dangling": "The connection fails when it is made, which may be long after the start",
}


class Written(msgspec.Struct, frozen=True):
    """How one platform writes a field: the place, else why it cannot; `reason` also says what of a lossy one is missing."""

    field: str
    level: Level
    place: str
    reason: str


class Part(msgspec.Struct, frozen=True):
    """What several platforms have in common; `like`: only what differs from that platform is told."""

    platforms: tuple[Platform, ...]
    rows: tuple[Written, ...]
    like: str = ""


class Silence(msgspec.Struct, frozen=True):
    """What silence means on some platforms."""

    platforms: tuple[Platform, ...]
    subject: str
    value: str
    when: str


def fields_to_mend(rule: Rule) -> tuple[str, ...]:
    """Give the fields in which a finding of a rule is mended."""
    return rule.fields or _BESIDE[rule.id]


def find_places(rule: Rule) -> list[Part]:
    """Give where a rule's fields are written, the platforms that write them alike together, in the table's order."""
    rows = {platform.name: _rows_of(platform, fields_to_mend(rule)) for platform in PLATFORMS}
    parts: dict[tuple[str, tuple[Written, ...]], list[Platform]] = {}
    for platform in PLATFORMS:
        own, head = rows[platform.name], platform.family
        if head and own != rows[head]:
            other = tuple(row for row, theirs in zip(own, rows[head], strict=True) if row != theirs)
            key = ("" if len(other) == len(own) else BY_NAME[head].title, other)
        else:
            key = ("", own)
        parts.setdefault(key, []).append(platform)
    return [Part(tuple(platforms), told, like) for (like, told), platforms in parts.items()]


def _rows_of(platform: Platform, fields: tuple[str, ...]) -> tuple[Written, ...]:
    support, places = load_support(platform.name), load_places(platform.name)
    return tuple(
        Written(name, support[name].level, places.get(name, ""), support[name].reason)
        for name in FIELDS
        if name in fields
    )


def find_all_places(rule: Rule) -> list[tuple[Written, tuple[Platform, ...]]]:
    """Give every way of writing each of a rule's fields, with the platforms that share it, field by field."""
    found: dict[Written, list[Platform]] = {}
    rows = {platform: _rows_of(platform, fields_to_mend(rule)) for platform in PLATFORMS}
    for index in range(len(fields_to_mend(rule))):
        for platform, own in rows.items():
            found.setdefault(own[index], []).append(platform)
    return [(row, tuple(platforms)) for row, platforms in found.items()]


def find_silence(rule: Rule) -> list[Silence]:
    """Give what silence means for a rule, the platforms for which it is the same together."""
    found: dict[tuple[str, str, str], list[Platform]] = {}
    for platform in PLATFORMS:
        for each in load_defaults(platform.name):
            if each.rule == rule.id:
                found.setdefault((each.subject, each.value, each.when), []).append(platform)
    return [Silence(tuple(platforms), *told) for told, platforms in found.items()]


def name_platforms(platforms: tuple[Platform, ...]) -> str:
    """Name platforms, and of one that is a kind of another in what other files it writes."""
    names = []
    for each in platforms:
        files = load_files(each.name)
        differs = each.family and files != load_files(each.family)
        names.append(f"{each.title} ({files})" if differs else each.title)
    return ", ".join(names)


def tell_meaning(rule: Rule) -> str:
    """Say what a rule compares."""
    return f"{rule.title[:1].upper()}{rule.title[1:]}. {rule.explanation}"


def tell_consequence(rule: Rule) -> str:
    """Say what follows: where both sides say different things, and where only one says anything."""
    if rule.id in _FOLLOWS:
        return f"{_FOLLOWS[rule.id]}."
    sides = _Sides(subject=SUBJECTS.get(rule.id, ""))
    differs, silent = (text.format_map(sides) for text in (rule.differs, rule.silent))
    if differs == silent or rule.id.endswith(".missing"):  # What is missing is said by one side alone.
        return f"{silent[:1].upper()}{silent[1:]}."
    return f"Where the two differ, {differs}. Where one alone says it, {silent}."


def tell_mending(rule: Rule) -> str:
    """Say how to mend a finding, whichever it is."""
    return rule.hint.format_map(_Sides())


class _Sides(dict[str, str]):
    """What stands for the two sides where there is no finding."""

    def __missing__(self, key: str) -> str:
        return {"here": "one side", "there": "the other"}.get(key, "it")


def short_names(rows: tuple[Written, ...], rule: Rule) -> dict[str, str]:
    """Give names for a rule's fields without what they all begin with; none where there is one field only."""
    fields = fields_to_mend(rule)
    if len(fields) == 1:
        return dict.fromkeys(fields, "")
    words = [name.split(".") for name in fields]
    same = 0
    while all(len(each) > same + 1 and each[same] == words[0][same] for each in words):
        same += 1
    return {row.field: ".".join(row.field.split(".")[same:]) for row in rows}
