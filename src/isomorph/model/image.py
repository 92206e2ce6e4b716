"""Image references in parts, as the distribution specification names them: registry / repository : tag @ digest."""

import msgspec

from isomorph.model.text import Part, Text, make_text, parts_of, print_text

DEFAULT_REGISTRY = "docker.io"
DEFAULT_TAG = "latest"


class Image(msgspec.Struct, frozen=True, omit_defaults=True):
    """An image reference as written: what was not said is None (`redis` has no registry and no tag)."""

    repository: Text
    registry: Text | None = None
    tag: Text | None = None
    digest: str | None = None


class Build(msgspec.Struct, frozen=True, omit_defaults=True):
    """How an image is built from source: the context folder as written, and what the build is given."""

    context: str | None = None
    dockerfile: str | None = None
    target: str | None = None
    args: dict[str, Text | None] = {}


def parse_image(text: Text) -> Image:
    """Split an image reference; placeholders may stand in any part.

    Source of the grammar: github.com/distribution/reference. The first component is a registry when it has a dot or a
    colon, is `localhost`, or has an upper-case letter.
    """
    parts = list(parts_of(text))
    digest: str | None = None
    last = parts[-1] if parts else ""
    if isinstance(last, str) and "@" in last:
        parts[-1], _, digest = last.rpartition("@")
    parts, tag = _split_tag(parts)
    registry: Text | None = None
    first = parts[0] if parts else ""
    if isinstance(first, str) and "/" in first:
        head, _, rest = first.partition("/")
        if "." in head or ":" in head or head == "localhost" or head != head.lower():
            registry = head
            parts[0] = rest
    return Image(repository=make_text(parts), registry=registry, tag=tag, digest=digest)


def _split_tag(parts: list[Part]) -> tuple[list[Part], Text | None]:
    """Split at the last colon that has no slash behind it in its literal or a later one."""
    for index in range(len(parts) - 1, -1, -1):
        part = parts[index]
        if not isinstance(part, str):
            continue
        colon = part.rfind(":")
        slash = part.rfind("/")
        if colon > slash:
            before: list[Part] = [*parts[:index], part[:colon]]
            return before, make_text([part[colon + 1 :], *parts[index + 1 :]])
        if slash >= 0:
            break
    return parts, None


def print_image(image: Image) -> str:
    """Spell an image reference for a person or a definition; placeholders appear as they were written."""
    text = print_text(image.repository)
    if image.registry is not None:
        text = f"{print_text(image.registry)}/{text}"
    if image.tag is not None:
        text = f"{text}:{print_text(image.tag)}"
    return f"{text}@{image.digest}" if image.digest else text


def image_text(image: Image) -> Text:
    """Give the whole reference as one text, its placeholders kept as parts."""
    parts: list[Part] = []
    if image.registry is not None:
        parts += [*parts_of(image.registry), "/"]
    parts += parts_of(image.repository)
    if image.tag is not None:
        parts += [":", *parts_of(image.tag)]
    if image.digest:
        parts.append("@" + image.digest)
    return make_text(parts)


def complete_image(image: Image) -> Image:
    """Fill in what the name leaves out: `redis` is `docker.io/library/redis:latest` (a digest needs no tag)."""
    registry = image.registry
    repository = image.repository
    if registry is None or registry == "index.docker.io":
        registry = DEFAULT_REGISTRY
    if registry == DEFAULT_REGISTRY and isinstance(repository, str) and "/" not in repository:
        repository = f"library/{repository}"
    tag = image.tag
    if tag is None and image.digest is None:
        tag = DEFAULT_TAG
    return Image(repository=repository, registry=registry, tag=tag, digest=image.digest)
