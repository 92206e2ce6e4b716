"""The image a container runs: registry, repository, tag, digest, when it is pulled, or how it is built."""

from posixpath import normpath

from msgspec.structs import replace

from isomorph.drift.facts import Fact, Place, Scope
from isomorph.drift.reasons import BUILT_LOCALLY
from isomorph.drift.texts import show_text, text_key, what_settles
from isomorph.drift.verdicts import EXPECTED, Pair
from isomorph.model.image import DEFAULT_TAG, Build, complete_image
from isomorph.model.text import Text

_PARTS = ("registry", "repository", "tag")
TAG_LATEST = frozenset(("tag-latest",))
"""The condition under which Kubernetes always pulls: no tag, or `latest`."""


def read_image(place: Place) -> None:
    """Add the facts on a container's image, and the condition under which its pull policy has another default."""
    container = place.container
    assert container is not None
    image = container.image
    if image is not None:
        complete = complete_image(image)
        path = (*place.base, "image")
        for part in _PARTS:
            text = getattr(complete, part)
            if text is not None:
                place.facts[f"image.{part}", ""] = _text_fact(place, text, (*path, part))
        if complete.digest:
            place.facts["image.digest", ""] = Fact(complete.digest, (*path, "digest"), "image")
        if complete.tag == DEFAULT_TAG or (image.tag is None):
            place.conditions |= TAG_LATEST if image.tag is not None or image.digest is None else frozenset()
    if container.pull_policy is not None:
        path = (*place.base, "pull_policy")
        place.facts["image.pull-policy", ""] = Fact(container.pull_policy, path, "image.pull-policy")


def _text_fact(place: Place, text: Text, path: tuple[str, ...]) -> Fact:
    if isinstance(text, str):
        return Fact(text, path, "image")
    return Fact(show_text(text), path, "image", text_key(place.view, text), False, what_settles(text))


def weigh_image(pair: Pair, scope: Scope) -> None:
    """Judge both sides' images; where only one is built from source, what it is called does not matter."""
    a, b = scope.a.container, scope.b.container
    assert a is not None
    assert b is not None
    if a.build is not None or b.build is not None:
        _weigh_build(pair, scope)
    else:
        _weigh_parts(pair, scope)
    key = ("image.pull-policy", "")
    ours, theirs = scope.a.facts.get(key), scope.b.facts.get(key)
    if ours is None and theirs is None:
        pair.weigh_silence(scope, *key)
    else:
        pair.weigh(scope, *key, ours, theirs)


def _weigh_parts(pair: Pair, scope: Scope) -> None:
    digests = [place.facts.get(("image.digest", "")) for place in scope.sides]
    same = digests[0] is not None and digests[1] is not None and digests[0].value == digests[1].value
    for part in (*_PARTS, "digest"):
        rule = f"image.{part}"
        ours, theirs = (place.facts.get((rule, "")) for place in scope.sides)
        if part == "tag" and same and (ours is None or theirs is None):
            continue  # The digest alone decides which image runs.
        pair.weigh(scope, rule, "", ours, theirs)


def _weigh_build(pair: Pair, scope: Scope) -> None:
    facts = [_build_fact(place) for place in scope.sides]
    if facts[0] is not None and facts[1] is not None:
        pair.weigh(scope, "image.build", "", facts[0], facts[1])
        _weigh_parts(pair, scope)
    elif any("image.build" in place.view.environment.said_besides for place in scope.sides):
        pair.weigh(scope, "image.build", "", facts[0], facts[1])
    else:
        pair.tell(scope, "image.build", "", facts[0], facts[1], EXPECTED, BUILT_LOCALLY)


def _build_fact(place: Place) -> Fact | None:
    container = place.container
    if container is None or container.build is None:
        return None
    build = container.build
    settles = next((what_settles(each) for each in build.args.values() if each is not None), "")
    key = replace(build, context=_to_folder(build.context or "."))
    return Fact(_print_build(build), (*place.base, "build"), "image.build", key, False, settles)


def _to_folder(context: str) -> str:
    """Give a folder as it is named in the shortest way; an address stays as it is."""
    return context if "://" in context or context.startswith("git@") else normpath(context)


def _print_build(build: Build) -> str:
    value = build.context or "."
    if build.dockerfile:
        value = f"{value} ({build.dockerfile})"
    return f"{value} target {build.target}" if build.target else value
