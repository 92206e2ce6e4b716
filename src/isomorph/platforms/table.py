"""The table of platforms: the one place that names them all; the command line, the docs and the tests derive from it."""

from importlib import import_module
from typing import Any

from isomorph.model.errors import UsageError
from isomorph.platforms.platform import Default, Nature, Platform, Reader, Support, Writer

PLATFORMS: tuple[Platform, ...] = (
    Platform("score", "Score", "isomorph.platforms.score"),
    Platform(
        "compose",
        "Docker Compose",
        "isomorph.platforms.compose",
        options=("file", "env-file", "profile", "project"),
        is_local=True,
    ),
    Platform(
        "swarm",
        "Docker Swarm",
        "isomorph.platforms.swarm",
        options=("file", "env-file", "stack"),
        family="compose",
    ),
    Platform(
        "kubernetes",
        "Kubernetes",
        "isomorph.platforms.kubernetes",
        options=("namespace",),
        styles=("yaml", "kyaml"),
    ),
    Platform(
        "minikube",
        "Minikube",
        "isomorph.platforms.minikube",
        options=("namespace",),
        styles=("yaml", "kyaml"),
        family="kubernetes",
        is_local=True,
        has_facts=True,
    ),
    Platform(
        "openshift",
        "OpenShift",
        "isomorph.platforms.openshift",
        options=("namespace", "param", "param-file"),
        styles=("yaml", "kyaml"),
        family="kubernetes",
    ),
    Platform(
        "helm",
        "Helm",
        "isomorph.platforms.helm",
        options=(
            *("values", "set", "set-string", "set-json", "set-file"),
            *("release", "namespace", "api-versions", "kube-version"),
        ),
        family="kubernetes",
    ),
    Platform("nomad", "Nomad", "isomorph.platforms.nomad", options=("var", "var-file"), styles=("hcl",)),
    Platform("marathon", "Marathon", "isomorph.platforms.marathon", styles=("json",)),
    Platform(
        "terraform",
        "Terraform",
        "isomorph.platforms.terraform",
        options=("var", "var-file", "plan", "state"),
        styles=("hcl",),
        family="kubernetes",
    ),
)

BY_NAME: dict[str, Platform] = {platform.name: platform for platform in PLATFORMS}


def find_platform(name: str) -> Platform:
    """Give the row of a platform; raises UsageError that names those there are."""
    platform = BY_NAME.get(name)
    if platform is None:
        raise UsageError(f"unknown platform {name!r}; there are {', '.join(BY_NAME)}")
    return platform


def find_family(name: str) -> str:
    """Give the platform that one is a kind of: itself, where it is no kind of another or not in the table."""
    platform = BY_NAME.get(name)
    return platform.family or name if platform is not None else name


def load_reader(name: str) -> Reader:
    """Import a platform's reader."""
    reader: Reader = import_module(f"{find_platform(name).package}.reader").read
    return reader


def load_writer(name: str) -> Writer:
    """Import a platform's writer."""
    writer: Writer = import_module(f"{find_platform(name).package}.writer").write
    return writer


def load_function(name: str, module: str, function: str) -> Any:
    """Import a function that only one platform has, such as `merge_env_file` of Compose's `env_file`."""
    return getattr(import_module(f"{find_platform(name).package}.{module}"), function)


def load_support(name: str) -> dict[str, Support]:
    """Import a platform's support table, by field."""
    rows: tuple[Support, ...] = import_module(f"{find_platform(name).package}.support").SUPPORT
    return {row.field: row for row in rows}


def load_places(name: str) -> dict[str, str]:
    """Import where a platform's definitions write each field that they can say, in the platform's own words."""
    places: dict[str, str] = import_module(f"{find_platform(name).package}.places").PLACES
    return places


def load_files(name: str) -> str:
    """Import what the files are called in which those places are."""
    files: str = import_module(f"{find_platform(name).package}.places").FILES
    return files


def load_defaults(name: str) -> tuple[Default, ...]:
    """Import what silence means on a platform."""
    rows: tuple[Default, ...] = import_module(f"{find_platform(name).package}.defaults").DEFAULTS
    return rows


def load_facts(name: str) -> tuple[Nature, ...]:
    """Import the facts by which a platform differs from others of its kind, none where it does not."""
    platform = BY_NAME.get(name)
    if platform is None or not platform.has_facts:
        return ()
    facts: tuple[Nature, ...] = import_module(f"{platform.package}.facts").FACTS
    return facts
