"""One environment's text against another's, mended in memory."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment, Finding
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Source
from isomorph.platforms.table import load_reader
from isomorph.project.fix.fixing import Fixed, fix
from isomorph.project.fix.said import Sides
from isomorph.project.fix.trials import Workshop
from tests.memory_context import memory_context
from tests.mutations import marathon_table, nomad_table, openshift_table, swarm_table, terraform_table
from tests.mutations.score_table import SCORE
from tests.mutations.table import COMPOSE, KUBERNETES, KUBERNETES_ALONE, Mutation
from tests.mutations.test_mutations import SHOWN

DATA = Path(__file__).parent / "data"
PLATFORMS = {
    "compose.yaml": "compose",
    "kubernetes.yaml": "kubernetes",
    "kubernetes-more.yaml": "kubernetes",
    "openshift.yaml": "openshift",
    "shop.nomad.hcl": "nomad",
    "marathon.json": "marathon",
    "stack.yaml": "swarm",
    "score.yaml": "score",
    "shop.tf": "terraform",
    "clouds.tf": "terraform",
}
ROWS: tuple[Mutation, ...] = (
    *COMPOSE,
    *KUBERNETES,
    *KUBERNETES_ALONE,
    *openshift_table.MUTATIONS,
    *nomad_table.MUTATIONS,
    *marathon_table.MUTATIONS,
    *swarm_table.MUTATIONS,
    *SCORE,
    *terraform_table.MUTATIONS,
    *terraform_table.CLOUD_MUTATIONS,
)
SOURCE, TARGET = "staging", "production"


def is_scalar(mutation: Mutation) -> bool:
    """Tell whether a change puts one piece of a line in the place of another."""
    return bool(mutation.old and mutation.new) and "\n" not in mutation.old.strip("\n") + mutation.new.strip("\n")


def original_of(mutation: Mutation) -> str:
    return (DATA / mutation.file).read_text()


def mutate(mutation: Mutation) -> str:
    return original_of(mutation).replace(mutation.old, mutation.new)


def read(name: str, file: str, text: str) -> Environment:
    platform, path = PLATFORMS[file], f"{name}/{file}"
    files = {path: text, **{f"{name}/{each}": content for each, content in swarm_table.SETTINGS.items()}}
    source = Source(name if platform == "terraform" else path)
    definition = load_reader(platform)(source, memory_context(files))
    return Environment(name, normalise(definition), ((platform, source.path),))


def findings_of(one: Environment, other: Environment) -> list[Finding]:
    return [finding for finding in compare([one, other]).findings if finding.verdict in SHOWN]


def open_workshop(file: str, original: str, mutated: str) -> Workshop:
    """Open a workshop in which one environment has the original text, and the other the mutated."""
    source = read(SOURCE, file, original)
    texts = {f"{SOURCE}/{file}": original, f"{TARGET}/{file}": mutated}

    def compare_with(changed: Mapping[str, str]) -> Sides:
        assert not any(path.startswith(SOURCE) for path in changed), "only the target is edited"
        target = read(TARGET, file, changed.get(f"{TARGET}/{file}", mutated))
        return Sides(source, target, compare([source, target]))

    def refuse(path: str) -> str:
        return "" if path == f"{TARGET}/{file}" else "is another environment's"

    return Workshop(compare=compare_with, read=texts.get, refuse=refuse, shared=lambda changed: "")


def mend(file: str, original: str, mutated: str) -> tuple[Fixed, str]:
    """Give what was mended, and the mended text."""
    fixed = fix(open_workshop(file, original, mutated), lambda finding: True)
    return fixed, fixed.files[0].new if fixed.files else mutated


@cache
def mend_row(mutation: Mutation) -> tuple[Fixed, str]:
    return mend(mutation.file, original_of(mutation), mutate(mutation))


CHART = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"


def mend_chart(mutation: Mutation) -> tuple[Fixed, dict[str, str]]:
    """Mend a chart in which what a change replaces is a value; gives the changed files' new texts by path."""
    template = original_of(mutation).replace(mutation.old, "{{ .Values.changed }}")

    def values(text: str) -> str:
        return f"# What changes\nchanged: {json.dumps(text)}  # this\n"

    def read_chart(name: str, text: str) -> Environment:
        files = {"shop/Chart.yaml": CHART, "shop/templates/all.yaml": template, f"{name}.yaml": text}
        definition = load_reader("helm")(Source("shop", {"values": (f"{name}.yaml",)}), memory_context(files))
        return Environment(name, normalise(definition), (("helm", "shop"),))

    source = read_chart(SOURCE, values(mutation.old))
    own = f"{TARGET}.yaml"

    def compare_with(changed: Mapping[str, str]) -> Sides:
        target = read_chart(TARGET, changed.get(own, values(mutation.new)))
        return Sides(source, target, compare([source, target]))

    texts = {own: values(mutation.new), f"{SOURCE}.yaml": values(mutation.old), "shop/templates/all.yaml": template}
    workshop = Workshop(
        compare=compare_with,
        read=texts.get,
        refuse=lambda path: "" if path == own else "is shared",
        shared=lambda changed: "",
    )
    return fix(workshop, lambda finding: True), {own: values(mutation.old)}
