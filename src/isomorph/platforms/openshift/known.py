"""The kinds and fields of OpenShift's constructs, as its API has them.

Source: github.com/openshift/api (route/v1, apps/v1, image/v1, template/v1) and the definition of the Route resource there.
"""

from isomorph.platforms.kubernetes.known import Construct
from isomorph.platforms.kubernetes.reading import GROUPS as KUBERNETES_GROUPS

DOMAIN = "openshift.io"
"""Every API group of OpenShift ends in it; before 3.6 its kinds were in the API without a group."""

GROUPS: dict[str, tuple[str, ...]] = {
    **KUBERNETES_GROUPS,
    "DeploymentConfig": ("apps.openshift.io", ""),
    "ImageStream": ("image.openshift.io", ""),
    "Route": ("route.openshift.io", ""),
    "Template": ("template.openshift.io", ""),
}
"""The kinds that are read."""

OLD_KINDS = frozenset(
    (
        "BuildConfig",
        "Build",
        "Group",
        "Identity",
        "ImageStreamTag",
        "OAuthClient",
        "Project",
        "ProjectRequest",
        "SecurityContextConstraints",
        "User",
    )
)
"""Kinds that were in the API without a group, and are kept."""


def _construct(name: str, modelled: str, others: str = "") -> Construct:
    fields = frozenset(modelled.split())
    return Construct(name, fields, fields | frozenset(others.split()))


DEPLOYMENT_CONFIG = _construct(
    "DeploymentConfig spec",
    "replicas selector template",
    "minReadySeconds paused revisionHistoryLimit strategy test triggers",
)
TRIGGER = _construct("trigger", "type imageChangeParams")
IMAGE_CHANGE = _construct("imageChangeParams", "from containerNames", "automatic lastTriggeredImage")
ROUTE_OBJECT = _construct("Route", "apiVersion kind metadata spec", "status")
ROUTE = _construct("Route spec", "host path to port tls wildcardPolicy alternateBackends", "httpHeaders subdomain")
BACKEND = _construct("Route backend", "kind name", "weight")
ROUTE_PORT = _construct("Route port", "targetPort")
TLS = _construct(
    "Route tls",
    "externalCertificate termination",
    "caCertificate certificate destinationCACertificate insecureEdgeTerminationPolicy key",
)
TEMPLATE = _construct("Template", "apiVersion kind metadata objects parameters labels", "message status")
PARAMETER = _construct("parameter", "name value generate from required", "displayName description")

TERMINATIONS = ("edge", "passthrough", "reencrypt")
INSECURE = ("None", "Allow", "Redirect")
WILDCARDS = ("None", "Subdomain")
LARGEST_WEIGHT = 256
