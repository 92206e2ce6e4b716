"""The options of a definition: what `helm template` is given by its flags of the same names.

Where no release is named it is called like the chart: charts call their objects after the release, or after the release
and the chart, and a chart that is compared with plain manifests then has the names that those have.
"""

import re

import msgspec

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.context import Source
from isomorph.platforms.helm.chart import Chart
from isomorph.platforms.kubernetes.reading import DEFAULT_NAMESPACE

OPTIONS = (
    *("values", "set", "set-string", "set-json", "set-file"),
    *("release", "namespace", "api-versions", "kube-version"),
)

UNNAMED = "release-name"
"""What `helm template` calls a release that was not named."""

LONGEST = 53
_RELEASE = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_KUBE_VERSION = re.compile(r"v?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?(?:[-+.].*)?", re.ASCII)


class KubeVersion(msgspec.Struct, frozen=True):
    """The version of Kubernetes that templates see: as it was said, and its numbers."""

    text: str
    major: str
    minor: str
    patch: str = "0"

    @property
    def plain(self) -> str:
        """The version without what a provider adds, which ranges are compared with."""
        return f"v{self.major}.{self.minor}.{self.patch}"


DEFAULT_VERSION = KubeVersion("v1.37.0", "1", "37")
"""What Helm 4.3 takes for granted, from the version of client-go that it is built with."""


class Options(msgspec.Struct, frozen=True):
    """The options that concern the release and the cluster; `namespace` None where it was not said."""

    release: str
    namespace: str | None
    kube_version: KubeVersion
    api_versions: tuple[str, ...]

    @property
    def release_namespace(self) -> str:
        """What templates see as the namespace."""
        return self.namespace or DEFAULT_NAMESPACE


def read_options(source: Source, chart: Chart) -> Options:
    """Read the options of a definition; raises InvalidInput for a name or version that Helm refuses."""
    said = source.option("kube-version")
    version = DEFAULT_VERSION
    if said is not None:
        found = _KUBE_VERSION.fullmatch(said)
        if found is None:
            raise InvalidInput(
                f"{said!r} is no version of Kubernetes", Origin("?kube-version"), "write one such as 1.34.0"
            )
        version = KubeVersion(said if said.startswith("v") else f"v{said}", found[1], found[2], found[3] or "0")
    versions = tuple(
        word.strip() for text in source.options.get("api-versions", ()) for word in text.split(",") if word.strip()
    )
    return Options(_read_release(source, chart), source.option("namespace"), version, versions)


def _read_release(source: Source, chart: Chart) -> str:
    said = source.option("release")
    if said is None:
        name = chart.name.lower().replace("_", "-")
        return name if len(name) <= LONGEST and _RELEASE.fullmatch(name) else UNNAMED
    if len(said) > LONGEST or not _RELEASE.fullmatch(said):
        raise InvalidInput(
            f"{said!r} is no name of a release",
            Origin("?release"),
            f"write at most {LONGEST} lower-case letters, digits, dashes and dots",
        )
    return said
