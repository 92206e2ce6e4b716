"""What counts as a secret, and how it is kept out of everything that is shown.

A value is secret when it comes from a secret store, when the name it goes by says so, or when it is the password in a URL.
"""

import re
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from isomorph.model.application import Application, Secret
from isomorph.model.origin import Path
from isomorph.model.text import Part, SecretValue, Text, make_text, map_parts, parts_of
from isomorph.model.workload import Binary

MASK = "***"

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_STARTS = ("PASS", "SECRET", "TOKEN", "CREDENTIAL")
_ENDS = ("APIKEY", "PASSWORD", "PASSWD", "PGPASS", "SECRET", "TOKEN")
"""How names end whose words are written together."""
_FOLDERS = ("PWD", "OLDPWD")
_URL_PASSWORD = re.compile(r"(://[^\s/:@]*:)([^\s/@]+)(?=@)")


def is_secret_name(name: str) -> bool:
    """Tell whether a variable's or argument's name says that its value is secret.

    Words are split at `_`, `-`, `.` and at a change of case: `DB_PASSWORD`, `PGPASSWORD` and `apiKey` are secret,
    `KEYBOARD` is not, nor is a shell's `PWD`, nor the switch `MYSQL_ALLOW_EMPTY_PASSWORD` of the databases' images.
    """
    words = [word.upper() for word in _WORDS.findall(name)]
    if words[-3:] == ["ALLOW", "EMPTY", "PASSWORD"]:
        return False
    if any(word.startswith(_STARTS) or word in ("KEY", "KEYS") for word in words):
        return True
    if "PWD" in words and name not in _FOLDERS:
        return True
    return any(part.upper().endswith(_ENDS) for part in re.split(r"[_.-]", name))


def has_secret(text: Text) -> bool:
    """Tell whether a text holds a secret by itself: a reference to a secret store, or a password in a URL."""
    return any(
        isinstance(part, SecretValue) or (isinstance(part, str) and _URL_PASSWORD.search(part) is not None)
        for part in parts_of(text)
    ) or _split_url_password(text)


def _split_url_password(text: Text) -> bool:
    """Tell whether a URL's password and host are in different parts (`amqp://u:p@` followed by an address)."""
    if isinstance(text, str):
        return False
    flat = "".join(part if isinstance(part, str) else "x" for part in text)
    return _URL_PASSWORD.search(flat) is not None


def find_secret_value(application: Application, part: SecretValue) -> Text | Binary | None:
    """Give the value behind a reference, None where it is not known here; without a key it is a secret's only value."""
    secret = application.secrets.get(part.name)
    if secret is None:
        return None
    if part.key or part.key in secret.values:
        return secret.values.get(part.key)
    return next(iter(secret.values.values())) if len(secret.values) == 1 else None


def mask_passwords(text: Text) -> Text:
    """Replace the passwords of URLs by `***`."""

    def change(part: Part) -> Text:
        if not isinstance(part, str):
            return (part,)
        masked = _URL_PASSWORD.sub(rf"\1{MASK}", part)
        return _TRAILING_PASSWORD.sub(rf"\1{MASK}@", masked)

    return map_parts(text, change)


_TRAILING_PASSWORD = re.compile(r"(://[^\s/:@]*:)[^\s/@]+@$")


_NAMED = re.compile(
    r"(?<![A-Za-z0-9_.-])(-{0,2}[A-Za-z_][A-Za-z0-9_.-]*)([\"']?[ \t]{0,9}[=:][ \t]{0,9}|[ \t]{1,9}(?=[^\s-]))"
)
_GIVEN = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|[^\s\"';|&]+")
_SCHEME = re.compile(r"\b(Bearer|Basic)([ \t]{1,9})[A-Za-z0-9+/=._~-]+")
_PRIVATE_KEY = re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----)[^-]*")
_USER = re.compile(r"((?<!\S)(?:-u|--user)[ =][^\s:]+:)\S+")


def find_given(text: str) -> Iterator[tuple[str, int, int]]:
    """Give what a script, an option, a file or a query gives to names that say secret: the name, and where the value stands.

    Quotes around a value are no part of it.
    """
    for name, value in _find_values(text):
        quoted = len(value[0]) > 1 and value[0][0] in "\"'"
        yield name, value.start() + quoted, value.end() - quoted


def _find_values(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Give each name in a text that says secret, and the value that it is given, with its quotes."""
    done = 0
    for found in _NAMED.finditer(text):
        name, mark = found.groups()
        if found.start() < done or not is_secret_name(name) or (mark.isspace() and not name.startswith("-")):
            continue
        value = _GIVEN.match(text, found.end())
        if value is not None:
            done = value.end()
            yield name, value


def mask_text(text: str) -> str:
    """Mask what a script, an option, a file or a query gives to names that say secret, and credentials known by their form.

    Those are passwords in URLs and after `curl -u NAME:`, HTTP's `Bearer` and `Basic`, and private keys.
    """
    if not ("=" in text or ":" in text or " " in text):
        return text
    shown: list[str] = []
    done = 0
    for _, value in _find_values(text):
        shown += (text[done : value.start()], MASK)
        done = value.end()
    text = "".join(shown) + text[done:]
    if "://" in text:
        text = _URL_PASSWORD.sub(rf"\1{MASK}", text)
    if "Bearer" in text or "Basic" in text:
        text = _SCHEME.sub(rf"\1\2{MASK}", text)
    if "curl" in text:
        text = _USER.sub(rf"\1{MASK}", text)
    return _PRIVATE_KEY.sub(rf"\1{MASK}", text) if "PRIVATE KEY-----" in text else text


def mask_value(name: str, text: Text) -> Text:
    """Give a value as it may be shown: masked whole where its name says secret, else only the passwords in it."""
    if is_secret_name(name) and any(isinstance(part, str) and part for part in parts_of(text)):
        return make_text([part if not isinstance(part, str) else MASK for part in parts_of(text)])
    return mask_passwords(text)


def mask_application(application: Application) -> Application:
    """Give an application as it may be shown: the values of secrets, secret variables and URL passwords are `***`.

    So are secret outputs and params of dependencies.
    """
    from isomorph.model.normalise import map_texts

    def change(text: Text, path: Path) -> Text:
        return mask_value(path[-1], text) if "variables" in path else mask_passwords(text)

    secrets = {
        name: Secret(
            values={key: None if value is None else MASK for key, value in secret.values.items()},
            external=secret.external,
            provisioned=secret.provisioned,
        )
        for name, secret in application.secrets.items()
    }
    dependencies = {
        uid: replace(
            dependency,
            outputs={word: mask_value(word, text) for word, text in dependency.outputs.items()},
            parameters=None if dependency.parameters is None else _mask_params(dependency.parameters),
        )
        for uid, dependency in application.dependencies.items()
    }
    return replace(map_texts(application, change), secrets=secrets, dependencies=dependencies)


def _mask_params(params: dict[str, Any]) -> dict[str, Any]:
    """Give params as they may be shown, at any depth."""
    return {
        name: _mask_params(value)
        if isinstance(value, dict)
        else MASK
        if isinstance(value, str) and value and is_secret_name(name)
        else value
        for name, value in params.items()
    }
