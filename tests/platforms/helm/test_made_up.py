"""What a chart makes up at each installation: the same chart reads the same twice, and no made-up secret is known."""

from isomorph.model.application import Secret
from isomorph.platforms.context import EngineResult
from isomorph.platforms.helm.reader import read
from tests.memory_context import MemoryEngines, memory_context, source
from tests.platforms.helm.charts import (
    CHART,
    DEPLOYMENT,
    VALUES,
    chart,
    config,
    container_of,
    only,
    read_chart,
    text_of,
)

SECRET = """\
apiVersion: v1
kind: Secret
metadata: {name: keys}
data:
  password: {{ randAlphaNum 16 | b64enc }}
  user: {{ "shop" | b64enc }}
stringData:
  token: "t-{{ uuidv4 }}"
"""


def test_a_secret_that_is_made_up_is_not_known() -> None:
    definition = read_chart(chart(SECRET))
    secret = Secret({"password": None, "user": "shop", "token": None}, provisioned=True)
    assert definition.application.secrets == {"keys": secret}
    assert [each.message for each in definition.diagnostics] == [
        "the chart was rendered by the built-in engine, because helm is not installed"
    ]


def test_a_word_stands_for_what_is_made_up_elsewhere() -> None:
    template = (
        config('"by {{ randAlphaNum 12 }}: {{ uuidv4 }}!"')
        + "---\n"
        + DEPLOYMENT.replace(
            "labels: {app: web}\n    spec",
            "labels: {app: web}\n      annotations: {rolled: {{ randAlphaNum 9 }}}\n    spec",
        )
    )
    one, other = (read_chart(chart(template)) for _ in range(2))
    assert one == other
    assert text_of(one) == "by made-up!"
    assert only(one).annotations == {"rolled": "made-up"}
    told = [each.message for each in one.diagnostics if "made-up" in each.message]
    assert told == ["what the chart makes up at each installation is 'made-up' here (and 1 more place)"]


def test_what_the_real_helm_makes_up_is_not_known_either() -> None:
    printed = (
        "---\n# Source: shop/templates/web.yaml\napiVersion: v1\nkind: Secret\nmetadata: {name: keys}\n"
        "data: {password: czNjcmV0, user: c2hvcA==}\nstringData: {token: t-1}\n"
    )
    engines = MemoryEngines({"helm": lambda args, files: EngineResult(0, printed, "")})
    definition = read(source("shop"), memory_context(chart(SECRET), engines=engines))
    assert definition.application.secrets["keys"].values == {"password": None, "user": "shop", "token": None}


def test_a_chart_without_chance_is_rendered_once_and_whole() -> None:
    definition = read_chart(chart({"web.yaml": DEPLOYMENT}, VALUES, CHART))
    assert container_of(definition).image is not None
