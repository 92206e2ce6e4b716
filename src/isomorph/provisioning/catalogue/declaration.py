"""What an entry of the catalogue declares, and what all entries share: params, generated secrets, words in phrases."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.text import Part, Text, make_text, parts_of
from isomorph.platforms.table import find_family
from isomorph.provisioning.contract import Request, Result

Draw = Callable[[int], str]
"""Gives a new random text of a length, of letters and digits."""

Realise = Callable[[Request, Draw], Result]

PASSWORD_LENGTH = 32
_LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_NOT_IN_IDENTIFIER = re.compile(r"[^a-z0-9]+")
_WORD = re.compile(r"\{([a-z_]+)\}")
_SIZE = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,9}))?(?:([KMGTPE])(i?))?", re.IGNORECASE)
_DIGEST_LENGTH = 8


class Declaration(msgspec.Struct, frozen=True, kw_only=True):
    """One type of resource: the params it takes, the outputs it gives (None: those that are asked for), and how it is made.

    `own` holds, by platform, the realisations of platforms that need one of their own, and their kinds with them.
    """

    type: str
    description: str
    params: tuple[str, ...] = ()
    outputs: tuple[str, ...] | None = None
    realise: Realise
    own: Mapping[str, Realise] = {}

    def for_platform(self, platform: str, draw: Draw) -> "CatalogueProvisioner":
        """Give the provisioner of this type for a platform."""
        return CatalogueProvisioner(
            uri=f"isomorph://{self.type}",
            type=self.type,
            description=self.description,
            supported_params=self.params,
            expected_outputs=self.outputs,
            realise=self.own.get(platform) or self.own.get(find_family(platform), self.realise),
            draw=draw,
        )


class CatalogueProvisioner(msgspec.Struct, kw_only=True):
    """A type of the catalogue as the engine asks it: any class and id."""

    uri: str
    type: str
    class_: str | None = None
    id: str | None = None
    description: str
    supported_params: tuple[str, ...] | None
    expected_outputs: tuple[str, ...] | None
    origin: Origin | None = None
    realise: Realise
    draw: Draw

    def provision(self, request: Request) -> Result:
        """Realise a resource; raises InvalidInput for params that mean nothing."""
        return self.realise(request, self.draw)


def draw_password(length: int) -> str:
    """Give a random text with a small letter, a capital and a digit in it, as some servers ask for."""
    from secrets import choice

    while True:
        text = "".join(choice(_LETTERS_AND_DIGITS) for _ in range(length))
        if text.lower() != text and text.upper() != text and not text.isalpha():
            return text


def keep_secret(request: Request, key: str, draw: Draw, length: int = PASSWORD_LENGTH) -> str:
    """Give the secret that a resource has already, else a new one."""
    known = request.state.get(key)
    return known if isinstance(known, str) and known else draw(length)


def fill(phrase: str, words: Mapping[str, Text]) -> Text:
    """Put what is known into a phrase: `{host}` stands for the word `host`."""
    parts: list[Part] = []
    for index, piece in enumerate(_WORD.split(phrase)):
        parts.extend(parts_of(words[piece] if index % 2 else piece))
    return make_text(parts)


def to_identifier(name: str, longest: int) -> str:
    """Give the name of a database or user after the name of its resource; a longer one ends in a digest of it."""
    identifier = _NOT_IN_IDENTIFIER.sub("_", name.lower()).strip("_")
    if not identifier[:1].isalpha():
        identifier = f"r_{identifier}"
    return shorten(identifier, longest, "_")


def shorten(name: str, longest: int, separator: str) -> str:
    """Cut a name that is too long, so that two such names still differ."""
    if len(name) <= longest:
        return name
    from hashlib import sha256

    digest = sha256(name.encode()).hexdigest()[:_DIGEST_LENGTH]
    return f"{name[: longest - _DIGEST_LENGTH - 1].rstrip('_-')}{separator}{digest}"


def param_error(request: Request, name: str, message: str, hint: str = "") -> InvalidInput:
    """Give the error for a param that means nothing here."""
    return InvalidInput(f"param {name} {message}", request.resource.origin, hint)


def text_param(request: Request, name: str, default: str = "") -> str:
    """Give a param that is a text; a number is one too."""
    value = request.resource.parameters.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise param_error(request, name, "is no text")
    return str(value)


def count_param(request: Request, name: str, default: int) -> int:
    """Give a param that is a whole number of at least one; a text of digits is one too."""
    value = text_param(request, name, str(default))
    if not (value.isascii() and value.isdecimal()) or int(value) < 1:
        raise param_error(request, name, f"is {value!r}", "write a whole number, 1 or more")
    return int(value)


def size_param(request: Request, name: str, default: int | None) -> int | None:
    """Give a param that is a size, in bytes: a number of them, or one with a suffix (`512Mi`, `10G`)."""
    value = text_param(request, name)
    if not value:
        return default
    match = _SIZE.fullmatch(value)
    if match is None:
        raise param_error(request, name, f"is {value!r}, which is no size", "write 512Mi, 10Gi or 5G")
    whole, fraction, letter, binary = match[1], match[2] or "", (match[3] or "").upper(), match[4]
    unit: int = (1024 if binary else 1000) ** ("KMGTPE".index(letter) + 1 if letter else 0)
    scale: int = 10 ** len(fraction)
    return -(-int(whole + fraction) * unit // scale)


def tag_param(request: Request, default: str, suffix: str) -> str:
    """Give the image's tag for the param `version`; a bare number gets the suffix of the variant that is used else."""
    version = text_param(request, "version")
    if not version:
        return default
    if not _TAG.fullmatch(version):
        raise param_error(request, "version", f"is {version!r}, which is no tag of an image", "write a version: 15")
    return f"{version}{suffix}" if version.replace(".", "").isdecimal() else version


def published_port(request: Request, annotation: str) -> int | None:
    """Give the port of the machine that an annotation asks for; Compose alone has one machine."""
    annotations: Any = request.resource.metadata.get("annotations")
    value = annotations.get(annotation) if isinstance(annotations, Mapping) else None
    if value is None or request.target.platform != "compose":
        return None
    text = str(value)
    if not (text.isascii() and text.isdecimal()) or int(text) > 65535:
        hint = "write a number up to 65535, and 0 for none"
        raise InvalidInput(f"annotation {annotation} is {text!r}, which is no port", request.resource.origin, hint)
    return int(text) or None
