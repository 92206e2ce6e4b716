"""Cutting and joining of texts whose stretches keep their marks: what Go's `strings` does to plain ones."""

import msgspec

from isomorph.syntax.gotemplate.text import Mark, Text, cut_text, join_texts, with_runs

SPACE = " \t\n\v\f\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""What Go's unicode.IsSpace takes for a space."""


def cut_many(text: str, spans: list[tuple[int, int]]) -> list[str]:
    """Give the slices of a text at spans, which are in order and do not overlap."""
    if type(text) is not Text or not text.runs:
        return [text[start:end] for start, end in spans]
    runs = text.runs
    parts: list[str] = []
    index = 0
    for start, end in spans:
        if start == end:
            parts.append("")
            continue
        while runs[index][0] <= start:
            index += 1
        covered: list[tuple[int, Mark]] = []
        at = index
        while True:
            until, mark = runs[at]
            begin = runs[at - 1][0] if at else 0
            if mark.literal and begin < start:
                mark = msgspec.structs.replace(mark, offset=mark.offset + start - begin)
            covered.append((min(until, end) - start, mark))
            if until >= end:
                break
            at += 1
        index = at
        parts.append(with_runs(text[start:end], covered))
    return parts


def split_text(text: str, separator: str, most: int = -1) -> list[str]:
    """Give the parts between separators, at most so many, as strings.SplitN does."""
    if most == 0:
        return []
    if not separator:
        length = len(text) if most < 0 else min(len(text), most)
        ends = [*range(1, length), len(text)] if length else []
        return cut_many(text, list(zip([0, *ends[:-1]], ends, strict=True)) if ends else [])
    spans: list[tuple[int, int]] = []
    start = 0
    while (most < 0 or len(spans) < most - 1) and (found := text.find(separator, start)) >= 0:
        spans.append((start, found))
        start = found + len(separator)
    return cut_many(text, [*spans, (start, len(text))])


def replace_text(text: str, old: str, new: str) -> str:
    """Replace every occurrence; an empty `old` is found between all characters."""
    if old and old not in text:
        return text
    if not old:
        parts: list[str] = [new]
        for character in split_text(text, ""):
            parts += [character, new]
        return join_texts(parts)
    return join_between(split_text(text, old), new)


def join_between(parts: list[str], separator: str) -> str:
    """Join texts with a separator."""
    joined: list[str] = []
    for part in parts:
        joined += [separator, part]
    return join_texts(joined[1:])


def strip_text(text: str, characters: str = SPACE, *, left: bool = True, right: bool = True) -> str:
    """Cut characters off both ends."""
    start = len(text) - len(text.lstrip(characters)) if left else 0
    end = len(text.rstrip(characters)) if right else len(text)
    return cut_text(text, start, max(start, end)) if start or end != len(text) else text


def change_text(text: str, changed: str) -> str:
    """Give a text that was changed character by character, with the marks it had; as a whole where its length changed."""
    if type(text) is not Text or not text.runs:
        return changed
    if len(changed) == len(text):
        return with_runs(changed, text.runs)
    from isomorph.syntax.gotemplate.text import mark_text, values_of_text

    return mark_text(changed, values_of_text(text))
