"""Secret values sealed with a key that is kept outside the project.

A value is sealed by AES-SIV (RFC 5297): nobody without the key reads or changes it, a sealed value means nothing at
another place than its own, and the same value at the same place is sealed to the same text, so that a state in which
nothing changed is the same file. What that tells a stranger is that a value changed or did not.

The key is 64 random bytes in a file of mode 0600, made once for a user; whoever shares a state shares the key by other
means. It is never written into a project.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import msgspec

from isomorph.model.errors import InvalidInput, UsageError
from isomorph.model.origin import Origin

KEY_VARIABLE = "ISOMORPH_KEY_FILE"
KEY_SIZE = 64
_SCHEME = b"isomorph.sealed/v1"
_NOTE = """\
# The key of isomorph's states: it opens the passwords that are sealed in them. Keep a copy in a safe place, and give
# it to nobody who should not know those passwords. Without it they are lost. ISOMORPH_KEY_FILE names another file.
"""


class Sealed(msgspec.Struct, frozen=True):
    """A value that stays sealed, because nobody asked for it or the key is not here; `box` is its sealed text."""

    box: str

    def __repr__(self) -> str:
        return "Sealed"


class Key:
    """A key, and the file that it came from. `fingerprint` tells keys apart and tells nothing about them."""

    def __init__(self, secret: bytes, file: str) -> None:
        import hashlib

        if len(secret) != KEY_SIZE:
            raise InvalidInput(
                f"the key has {len(secret)} bytes and not {KEY_SIZE}", Origin(file), "restore the key from its copy"
            )
        self._secret = secret
        self.file = file
        self.fingerprint = hashlib.sha256(_SCHEME + b" fingerprint" + secret).hexdigest()[:16]
        self._cipher: Any = None

    def __repr__(self) -> str:
        return f"Key({self.fingerprint})"

    @property
    def cipher(self) -> Any:
        """The cipher, made when it is first needed: its library is loaded only where a secret is."""
        if self._cipher is None:
            from cryptography.hazmat.primitives.ciphers.aead import AESSIV

            self._cipher = AESSIV(self._secret)
        return self._cipher

    def seal(self, value: Any, place: tuple[str, ...]) -> str:
        """Seal a plain value for its place, the names that lead to it; gives text of letters, digits, `-` and `_`."""
        from base64 import urlsafe_b64encode

        boxed: bytes = self.cipher.encrypt(msgspec.json.encode(value), _bind(place))
        return urlsafe_b64encode(boxed).decode()

    def unseal(self, box: str, place: tuple[str, ...], origin: Origin) -> Any:
        """Open a sealed value; raises InvalidInput where it was changed, or sealed for another place or by another key."""
        from base64 import b64decode

        from cryptography.exceptions import InvalidTag

        try:
            return msgspec.json.decode(self.cipher.decrypt(b64decode(box, b"-_", validate=True), _bind(place)))
        except (InvalidTag, ValueError):
            raise InvalidInput(
                f"the sealed value of {' '.join(place)} was changed or moved, and does not open",
                origin,
                "restore the file, or remove the resource from it to have it provisioned afresh",
            ) from None


def _bind(place: tuple[str, ...]) -> list[bytes]:
    """Give what a sealed value is bound to; as one text, since the cipher takes few parts."""
    return [_SCHEME, msgspec.json.encode(place)]


def find_key_file(environment: Mapping[str, str]) -> str:
    """Give the path of the key file: what ISOMORPH_KEY_FILE says, else the one below the user's configuration folder.

    The configuration folder is XDG_CONFIG_HOME, else `.config` below the home folder (XDG Base Directory Specification).
    """
    named = environment.get(KEY_VARIABLE)
    if named:
        return named
    folder = environment.get("XDG_CONFIG_HOME", "")
    if not os.path.isabs(folder):
        home = environment.get("HOME") or environment.get("USERPROFILE") or ""
        if not home:
            raise UsageError(f"no home folder to keep the key in: name a file in {KEY_VARIABLE}")
        folder = os.path.join(home, ".config")
    return os.path.join(folder, "isomorph", "key")


def load_key(environment: Mapping[str, str], project: str, *, create: bool) -> Key | None:
    """Give the user's key; where there is none yet, make it if `create` says so, else give None.

    Raises UsageError for a key file that others may read or that is inside the project, InvalidInput for one that holds
    no key.
    """
    path = find_key_file(environment)
    real, root = os.path.realpath(path), os.path.realpath(project)
    if real == root or real.startswith(root.rstrip(os.sep) + os.sep):
        raise UsageError(
            f"the key file {path} is inside the project, whose secrets it opens: name one elsewhere in {KEY_VARIABLE}"
        )
    try:
        return _read_key(path)
    except FileNotFoundError:
        if not create:
            return None
    except OSError as error:
        raise UsageError(f"the key file {path} cannot be read: {error.strerror}") from None
    return _create_key(path)


def _read_key(path: str) -> Key:
    import stat
    from base64 import b64decode

    with open(path, "rb") as file:
        status = os.fstat(file.fileno())
        if os.name == "posix" and stat.S_IMODE(status.st_mode) & 0o077:
            raise UsageError(f"others than its owner may read or write the key file {path}: run chmod 600 on it")
        text = file.read(64 * 1024)
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith(b"#")]
    try:
        secret = b64decode(b"".join(lines), validate=True)
    except ValueError:
        raise InvalidInput("this is no key of isomorph", Origin(path), "restore the key from its copy") from None
    return Key(secret, path)


def _create_key(path: str) -> Key:
    """Make the key file in one step: of two runs at the same time, both use the key of the one that came first."""
    import secrets
    import tempfile
    from base64 import b64encode

    folder = os.path.dirname(path) or "."
    beside = ""
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        descriptor, beside = tempfile.mkstemp(prefix=".key.", dir=folder)  # of mode 0600
        with open(descriptor, "wb") as file:
            file.write(_NOTE.encode() + b64encode(secrets.token_bytes(KEY_SIZE)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(beside, path)
        return _read_key(path)
    except OSError as error:
        raise UsageError(
            f"no key file can be made at {path}: {error.strerror} (name another in {KEY_VARIABLE})"
        ) from None
    finally:
        if beside:
            os.unlink(beside)


def refuse_wrong_key(fingerprint: str, key: Key | None, state: str, environment: Mapping[str, str]) -> None:
    """Raise InvalidInput where the secrets of a state were sealed with another key than the one that is here.

    `fingerprint` is the one that the state names, `state` the state's path.
    """
    if key is not None and key.fingerprint == fingerprint:
        return
    where = find_key_file(environment)
    here = f"the key in {where} is {key.fingerprint}" if key else f"there is no key at {where}"
    raise InvalidInput(
        f"its secrets were sealed with the key {fingerprint}, and {here}",
        Origin(state),
        f"name the file that holds the right key in {KEY_VARIABLE}",
    )
