"""Score files as one application, in whatever order they come."""

from itertools import permutations

import pytest

from isomorph.model.application import Definition
from isomorph.model.errors import InvalidInput
from isomorph.platforms.context import Source
from isomorph.platforms.score.reader import read
from isomorph.project.joining import join
from isomorph.provisioning.uids import list_resources
from tests.memory_context import memory_context
from tests.provisioning.provisioners import web_text

SHARED = "redis.default#main"


def read_file(name: str, resources: str) -> Definition:
    return read(Source(f"{name}.yaml"), memory_context({f"{name}.yaml": web_text(resources, name=name)}))


def test_the_order_of_files_makes_no_difference() -> None:
    texts = {
        "aa": "cache: {type: redis, id: main}\nown: {type: dns}",
        "bb": 'cache: {type: redis, id: main, params: {size: "${resources.own.host}"}}\nown: {type: dns}',
        "cc": "own: {type: dns}\ncache: {type: redis, id: main, metadata: {tier: gold}}",
    }
    for order in permutations(texts):
        joined = join([read_file(name, texts[name]) for name in order])
        assert list(joined.application.workloads) == ["aa", "bb", "cc"]
        assert list(joined.application.dependencies) == [
            SHARED, "dns.default#aa.own", "dns.default#bb.own", "dns.default#cc.own"
        ]  # fmt: skip
        assert joined.application.dependencies[SHARED].parameters == {"size": "${resources.own.host}"}
        assert joined.application.dependencies[SHARED].metadata == {"tier": "gold"}
        declared = list_resources(joined)[SHARED]
        assert str(declared.resource.origin).startswith("bb.yaml:")
        assert declared.scope.resources["own"] == "dns.default#bb.own"


def test_files_that_say_different_things_of_a_resource_are_refused() -> None:
    one, other = (f"cache: {{type: redis, id: main, params: {{size: {size}}}}}" for size in (1, 2))
    with pytest.raises(InvalidInput, match=r"bb\.yaml:.*redis\.default#main has other params than at aa\.yaml:"):
        join([read_file("aa", one), read_file("bb", other)])
