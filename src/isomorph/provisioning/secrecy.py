"""Which values are secret: those that a provisioner names, and those that look like it.

The reference tools' provisioner files do not say what is secret, so their words are weighed: what a value is called,
whether it looks random, whether it is a URL with a password, and whether it holds another secret. Erring here means
that a harmless value is sealed, not that a secret is written.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Set
from functools import lru_cache
from itertools import pairwise
from typing import Any

Pointer = tuple[str, ...]
"""A place in plain data: keys, and indexes as text."""

_SECRET_WORDS = frozenset(
    ("password", "passwd", "passphrase", "pass", "pwd", "secret", "secrets", "token", "tokens", "credential")
    + ("credentials", "apikey", "auth", "authorization", "signature", "salt", "pin", "otp", "private", "dsn", "cookie")
)
_KEY_WORDS = frozenset(("access", "api", "account", "shared", "encryption", "signing", "master", "storage"))
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_RUN_LENGTH = 12
_RUN = re.compile(rf"[A-Za-z0-9+/]{{{_RUN_LENGTH},}}")
_CASES = re.compile(r"[A-Z]+|[^A-Z]+")
_DIGIT = re.compile(r"[0-9]")
_TOKEN = re.compile(r"[A-Za-z0-9+/=_-]+")
_USER_IN_URL = re.compile(r"://[^/?#\s@]*:[^/?#\s@]+@")
_PASSWORD_IN_TEXT = re.compile(r"(?i)(?:password|pwd|secret|token|accountkey|requirepass)\s*[=: ]\s*[^\s;]")
_REFERENCE = re.compile("\U0001f510\U0001f4ac[^\U0001f4ac]+\U0001f4ac\U0001f510")
"""How the reference tool for Kubernetes writes a reference to a Secret: a name, not a secret."""

_SHORTEST = 5  # A shorter secret is no secret, and would be found in everything.


def iterate_leaves(data: Any, place: Pointer = ()) -> Iterator[tuple[Pointer, Any]]:
    """Give every value of plain data that is no dictionary and no list, with its place."""
    pending: list[tuple[Pointer, Any]] = [(place, data)]
    while pending:
        here, value = pending.pop()
        if isinstance(value, dict):
            pending.extend([((*here, str(key)), value[key]) for key in reversed(value)])
        elif isinstance(value, list | tuple):
            pending.extend([((*here, str(index)), value[index]) for index in reversed(range(len(value)))])
        else:
            yield here, value


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Tell whether a value of this name is secret (`rootPassword`, `secret_key`, `AWS_ACCESS_KEY_ID`)."""
    words = [word.lower() for word in _WORD.findall(name)]
    if not _SECRET_WORDS.isdisjoint(words):
        return True
    return any(second == "key" and first in _KEY_WORDS for first, second in pairwise(words))


def looks_secret(text: str) -> bool:
    """Tell whether a text looks like a secret whatever it is called: random, a private key, a URL with a password."""
    if len(text) >= _RUN_LENGTH and any(map(_is_random, _RUN.findall(text))):
        return True
    if text.isalnum():
        return False
    return bool(_USER_IN_URL.search(text) or _PASSWORD_IN_TEXT.search(text) or "PRIVATE KEY-----" in text)


def _is_random(run: str) -> bool:
    """Tell whether a run of letters and digits mixes them as no word does; 24 hexadecimal digits are random too."""
    mixed = run.upper() != run and run.lower() != run
    if _DIGIT.search(run):
        return mixed or len(run) >= 24
    # Words written together change case at each word, random letters at every other letter.
    return mixed and 5 * len(_CASES.findall(run)) > 2 * len(run)


def find_secrets(data: dict[str, Any], known: Set[str], contained: Collection[str] = frozenset()) -> Iterator[Pointer]:
    """Give the places of secret values in what a provisioner said.

    `known` are texts that are secret wherever they stand, as a word among others too; `contained` are few, and are looked
    for in the middle of words. A value without text (a number) is secret by its name only; true, false and null never are.
    """
    for place, value in iterate_leaves(data):
        if value is None or value == "" or isinstance(value, bool):
            continue
        text = value if isinstance(value, str) else ""
        if text.startswith("\U0001f510") and _REFERENCE.fullmatch(text):
            continue
        if any(map(is_secret_name, place)) or (text and _holds_secret(text, known, contained)):
            yield place


def _holds_secret(text: str, known: Set[str], contained: Collection[str]) -> bool:
    if looks_secret(text) or text in known:
        return True
    if contained and any(secret in text for secret in contained):
        return True
    return bool(known) and not known.isdisjoint(_TOKEN.findall(text))


def select_phrases(known: Iterable[str]) -> frozenset[str]:
    """Give the secrets that are more than one word, which are found in other texts by looking for them only."""
    return frozenset(secret for secret in known if not _TOKEN.fullmatch(secret))


def collect_texts(values: Iterable[Any]) -> set[str]:
    """Give the texts among secret values that are long enough to be told from other texts when they are met again."""
    return {value for value in values if isinstance(value, str) and len(value) >= _SHORTEST}


def value_at(data: Any, place: Pointer) -> Any:
    """Give the value at a place of plain data, or None where there is none."""
    for name in place:
        if isinstance(data, dict):
            data = data.get(name)
        elif isinstance(data, list | tuple) and name.isdigit() and int(name) < len(data):
            data = data[int(name)]
        else:
            return None
    return data


def find_all_secrets(said: dict[str, Any], named: frozenset[Pointer], known: set[str]) -> frozenset[Pointer]:
    """Give the places of all secret values: those named, those that look so, and those that hold one of these.

    `known` grows by the secret texts that are found, so that they are known again elsewhere.
    """
    first = named | set(find_secrets(said, known))
    fresh = collect_texts(value_at(said, place) for place in first) - known
    if not fresh:
        return frozenset(first)
    known |= fresh
    return frozenset(first | set(find_secrets(said, fresh, fresh)))
