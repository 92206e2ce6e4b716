"""What Score files of several environments have in common, and the patches that give each its own again."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isomorph.project.adopt.overlaying import diff, make_common, make_patch

JSON = st.recursive(
    st.text(max_size=3) | st.integers(0, 3) | st.booleans(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)
MAPPING = st.dictionaries(st.sampled_from("abc"), JSON, max_size=3)


def lay_over(data: Any, patch: Any) -> Any:
    """Apply a merge patch as RFC 7386 has it."""
    if not isinstance(patch, dict):
        return patch
    result = dict(data) if isinstance(data, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = lay_over(result.get(key), value)
    return result


@given(MAPPING, MAPPING)
def test_a_patch_gives_what_it_was_made_for(common: dict[str, Any], own: dict[str, Any]) -> None:
    assert lay_over(common, diff(common, own)) == own
    assert diff(common, common) == {}


def score(container: dict[str, Any], **sections: Any) -> dict[str, Any]:
    container = {"image": "shop/web:1", **container}
    return {"apiVersion": "score.dev/v1b1", "metadata": {"name": "web"}, "containers": {"web": container}, **sections}


def ports(**named: Any) -> dict[str, Any]:
    return {"service": {"ports": {name: {"port": port} for name, port in named.items()}}}


HTTP = {"httpGet": {"path": "/health", "port": 80}}
EXEC = {"exec": {"command": ["curl", "-f", "http://localhost/health"]}}
LIMITS = {"limits": {"memory": "64Mi"}}


def test_gaps_of_the_first_are_filled_from_the_others() -> None:
    laptop = score({"image": ".", "variables": {"LEVEL": "debug"}, "readinessProbe": EXEC})
    cluster = score({"resources": LIMITS, "livenessProbe": HTTP, "readinessProbe": HTTP}, **ports(http=80))
    cluster["metadata"]["annotations"] = {"k8s.score.dev/kind": "StatefulSet"}
    common = make_common([laptop, cluster])
    assert common["containers"]["web"] == {
        "image": "shop/web:1",
        "variables": {"LEVEL": "debug"},
        "resources": LIMITS,
        "livenessProbe": HTTP,
        "readinessProbe": HTTP,
    }, "and a check that needs no program in the image goes before one that does"
    assert common["service"] == {"ports": {"http": {"port": 80}}}
    assert common["metadata"]["annotations"] == {"k8s.score.dev/kind": "StatefulSet"}
    assert laptop == score({"image": ".", "variables": {"LEVEL": "debug"}, "readinessProbe": EXEC})


def test_a_port_is_called_by_the_name_that_somebody_gave_it() -> None:
    common = make_common([score({}, **ports(**{"tcp-80": 80})), score({}, **ports(http=80, admin=81))])
    assert list(common["service"]["ports"]) == ["http", "admin"]
    assert make_patch(common, score({}, **ports(**{"tcp-80": 80, "tcp-81": 81})), "kubernetes") == {}


@pytest.mark.parametrize(
    ("platform", "patch"),
    [
        ("compose", {}),
        ("swarm", {}),
        ("kubernetes", {"service": None}),
        ("nomad", {"service": None}),
    ],
)
def test_a_port_that_peers_reach_anyway_is_not_taken_away(platform: str, patch: dict[str, Any]) -> None:
    assert make_patch(score({}, **ports(http=80)), score({}), platform) == patch


def test_what_a_platform_has_no_words_for_is_in_no_patch() -> None:
    common = score({"livenessProbe": HTTP, "readinessProbe": HTTP})
    common["metadata"]["annotations"] = {"k8s.score.dev/kind": "StatefulSet"}
    own = score({"readinessProbe": HTTP})
    assert make_patch(common, own, "compose") == {}
    assert make_patch(common, own, "kubernetes") == {
        "metadata": {"annotations": None},
        "containers": {"web": {"livenessProbe": None}},
    }


def volume(name: str, **params: Any) -> dict[str, Any]:
    said = {"type": "volume", **({"params": params} if params else {})}
    return score({"volumes": {"/data": {"source": f"${{resources.{name}}}"}}}, resources={name: said})


def test_a_volume_at_one_place_is_one_whatever_it_is_called() -> None:
    assert make_patch(volume("data"), volume("web-data"), "kubernetes") == {}
    assert make_patch(volume("data"), volume("web-data", size="1Gi"), "kubernetes") == {
        "resources": {"data": {"params": {"size": "1Gi"}}}
    }


def test_words_that_differ_in_what_is_hidden_are_the_same() -> None:
    common, own = score({"args": ["--user", "me", "--level=info"]}), score({"args": ["--user", "***", "--level=info"]})
    assert make_patch(common, own, "kubernetes") == {}
    own["containers"]["web"]["args"][2] = "--level=debug"
    assert make_patch(common, own, "kubernetes")["containers"]["web"]["args"] == own["containers"]["web"]["args"]
