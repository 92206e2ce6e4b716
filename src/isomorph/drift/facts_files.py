"""The files that a container sees, pair by pair: there or not, what is in them, and their permission bits."""

from hashlib import sha256

from isomorph.drift.contents import describe_difference, is_same_data, mask_assignment
from isomorph.drift.facts import Fact, Place, Scope
from isomorph.drift.facts_variables import holds_secret, weigh_secret, weigh_texts
from isomorph.drift.spelling import normal_path, print_mode
from isomorph.drift.texts import show_text, text_key, what_settles
from isomorph.drift.verdicts import EQUAL, MISSING, UNRESOLVED, Pair
from isomorph.model.secrecy import MASK, is_secret_name
from isomorph.model.workload import Binary, File, HostPath

Files = dict[str, tuple[str, File]]
"""Files by normal path, with the path as it is a key of the model."""


def weigh_files(pair: Pair, scope: Scope, mounted: tuple[frozenset[str], frozenset[str]]) -> None:
    """Judge the files of both sides; `mounted` are the paths at which each side has a volume instead."""
    a, b = scope.a.container, scope.b.container
    assert a is not None
    assert b is not None
    if not a.files and not b.files:
        return
    ours, theirs = _by_path(a.files), _by_path(b.files)
    _match_folders(ours, theirs, pair)
    for path, (key, file) in ours.items():
        if path in theirs:
            _weigh_both(pair, scope, path, (key, theirs[path][0]), (file, theirs[path][1]))
        elif path not in mounted[1]:
            _weigh_one(pair, scope, path, key, file, 0)
    for path, (key, file) in theirs.items():
        if path not in ours and path not in mounted[0]:
            _weigh_one(pair, scope, path, key, file, 1)


def _by_path(files: dict[str, File]) -> Files:
    return {normal_path(path): (path, file) for path, file in files.items()}


def _match_folders(ours: Files, theirs: Files, pair: Pair) -> None:
    """Drop a folder that is bound whole where the other side has files below it: which ones it holds is not known."""
    for one, other in ((ours, theirs), (theirs, ours)):
        for path in [path for path, (_key, file) in one.items() if file.folder and path not in other]:
            below = [each for each in other if each.startswith(path.rstrip("/") + "/")]
            if below:
                del one[path]
                for each in below:
                    del other[each]
                pair.equal += 1


def file_fact(place: Place, key: str, file: File) -> Fact:
    """Give a file's content as a fact; it is named by its digest, for it may be long."""
    path = (*place.base, "files", key, "content")
    content = file.content
    if isinstance(content, HostPath):
        shown = f"{content.path} (not read)"
        return Fact(shown, path, "file.content", ("host", content.path), False, f"the file {content.path}")
    if isinstance(content, Binary):
        digest = sha256(content.data).hexdigest()[:12]
        return Fact(f"{len(content.data)} bytes, {digest}", path, "file.binary", content.data)
    text = text_key(place.view, content)
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    field = "file.secret" if holds_secret(content) else "file.content"
    if field == "file.secret" or is_secret_name(key.rsplit("/", 1)[-1]):
        return Fact(MASK, path, field, text, True, what_settles(content))
    return Fact(_describe(show_text(content)), path, field, text, False, what_settles(content))


def _describe(shown: str) -> str:
    normal = "\n".join(mask_assignment(line) for line in shown.replace("\r\n", "\n").split("\n"))
    if len(normal) <= _SHOWN_WHOLE and "\n" not in normal.strip("\n"):
        return normal.strip("\n")
    lines = normal.count("\n") + (not normal.endswith("\n"))
    return f"{lines} lines, {sha256(normal.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


_SHOWN_WHOLE = 60
"""Characters of a one-line file that is shown whole."""


def _weigh_one(pair: Pair, scope: Scope, path: str, key: str, file: File, side: int) -> None:
    place = scope.sides[side]
    content = file_fact(place, key, file)
    said = Fact(content.value, (*place.base, "files", key), content.field, content.key, content.secret)
    a, b = (said, None) if side == 0 else (None, said)
    if content.field == "file.secret":
        pair.tell(scope, "secret.missing", path, a, b, MISSING)
    else:
        pair.weigh(scope, "file.missing", path, a, b)


def _weigh_both(pair: Pair, scope: Scope, path: str, keys: tuple[str, str], files: tuple[File, File]) -> None:
    if isinstance(files[0].content, str) and files[0].content == files[1].content:
        pair.equal += 1
    else:
        facts = file_fact(scope.a, keys[0], files[0]), file_fact(scope.b, keys[1], files[1])
        _weigh_content(pair, scope, path, files, facts)
    _weigh_mode(pair, scope, path, keys, files)


def _weigh_content(pair: Pair, scope: Scope, path: str, files: tuple[File, File], facts: tuple[Fact, Fact]) -> None:
    a, b = facts
    contents = files[0].content, files[1].content
    if isinstance(contents[0], Binary | HostPath) or isinstance(contents[1], Binary | HostPath):
        if a.unresolved != b.unresolved and (a.unresolved or b.unresolved):
            pair.tell(scope, "file.content", path, a, b, UNRESOLVED)
        else:
            pair.weigh(scope, "file.content", path, a, b)
        return
    texts = contents[0], contents[1]
    if holds_secret(texts[0]) or holds_secret(texts[1]):
        weigh_secret(pair, scope, path, texts, facts, "file.content")
        return
    if a.key == b.key:
        pair.tell(scope, "file.content", path, a, b, UNRESOLVED if a.unresolved != b.unresolved else EQUAL)
        return
    if not a.unresolved and not b.unresolved and is_same_data(path, a.key, b.key):
        pair.equal += 1
        return
    before = len(pair.told)
    weigh_texts(pair, scope, "file.content", path, texts, facts)
    for told in pair.told[before:]:
        if told.rule == "file.content" and not a.secret and not b.secret:
            told.detail = describe_difference(show_text(texts[0]), show_text(texts[1]))


def _weigh_mode(pair: Pair, scope: Scope, path: str, keys: tuple[str, str], files: tuple[File, File]) -> None:
    facts = [
        None if file.mode is None else Fact(print_mode(file.mode), (*place.base, "files", key, "mode"), "file.mode")
        for place, key, file in zip(scope.sides, keys, files, strict=True)
    ]
    if any(isinstance(file.content, HostPath) for file in files):
        return  # What could not be read has the mode that it has on the machine: its content tells already.
    if (facts[0] is None) != (facts[1] is None):
        said = scope.a if facts[1] is None else scope.b
        value = (facts[0] or facts[1] or Fact("", ())).value
        if said.view.find_default("file.mode", path, said.conditions) == value:
            pair.equal += 1  # To say one's own default is to say nothing, and a bound file's mode is the machine's.
            return
    if facts[0] is not None or facts[1] is not None:
        pair.weigh(scope, "file.mode", path, facts[0], facts[1])
