"""Image references: taken apart, put together, and completed to what an engine would pull."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isomorph.model.image import Image, complete_image, parse_image, print_image
from isomorph.model.text import Placeholder

DIGEST = "sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("redis", Image("redis")),
        ("redis:7", Image("redis", tag="7")),
        ("library/redis", Image("library/redis")),
        ("ghcr.io/org/app:1.2", Image("org/app", registry="ghcr.io", tag="1.2")),
        ("localhost/app", Image("app", registry="localhost")),
        ("registry:5000/app", Image("app", registry="registry:5000")),
        ("registry:5000/team/app:2", Image("team/app", registry="registry:5000", tag="2")),
        (f"redis@{DIGEST}", Image("redis", digest=DIGEST)),
        (f"redis:7@{DIGEST}", Image("redis", tag="7", digest=DIGEST)),
        (("app:", Placeholder("${TAG}", "TAG")), Image("app", tag=(Placeholder("${TAG}", "TAG"),))),
        ((Placeholder("${REPO}"), "/app:1"), Image((Placeholder("${REPO}"), "/app"), tag="1")),
        (("app:1.", Placeholder("${MINOR}")), Image("app", tag=("1.", Placeholder("${MINOR}")))),
    ],
)
def test_a_reference_comes_apart_into_its_parts(written: str, expected: Image) -> None:
    assert parse_image(written) == expected


@pytest.mark.parametrize(
    ("written", "pulled"),
    [
        ("redis", "docker.io/library/redis:latest"),
        ("docker.io/redis", "docker.io/library/redis:latest"),
        ("index.docker.io/library/redis", "docker.io/library/redis:latest"),
        ("org/app:1", "docker.io/org/app:1"),
        ("ghcr.io/app", "ghcr.io/app:latest"),
        (f"redis@{DIGEST}", f"docker.io/library/redis@{DIGEST}"),
    ],
)
def test_what_a_name_leaves_out_is_filled_in(written: str, pulled: str) -> None:
    assert print_image(complete_image(parse_image(written))) == pulled


_word = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)


@given(
    registry=st.none() | st.sampled_from(["ghcr.io", "localhost", "registry.local:5000"]),
    path=st.lists(_word, min_size=1, max_size=3),
    tag=st.none() | st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,10}", fullmatch=True),
    digest=st.none() | st.just(DIGEST),
)
def test_printing_and_parsing_are_inverse(
    registry: str | None, path: list[str], tag: str | None, digest: str | None
) -> None:
    image = Image("/".join(path), registry=registry, tag=tag, digest=digest)
    assert parse_image(print_image(image)) == image


@given(path=st.lists(_word, min_size=1, max_size=3), tag=st.none() | _word)
def test_completing_is_idempotent(path: list[str], tag: str | None) -> None:
    once = complete_image(Image("/".join(path), tag=tag))
    assert complete_image(once) == once
