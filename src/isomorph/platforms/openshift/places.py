"""Where each field of the model is written for OpenShift: as for Kubernetes, with Routes and DeploymentConfigs besides."""

from isomorph.platforms.kubernetes.places import PLACES as KUBERNETES

FILES = "manifests or Templates"

PLACES: dict[str, str] = {
    **KUBERNETES,
    "kind.service": "kind = Deployment or kind = DeploymentConfig",
    "route.host": "Route.spec.host or Ingress.spec.rules[].host",
    "route.path": "Route.spec.path or Ingress.spec.rules[].http.paths[].path",
    "route.tls": "Route.spec.tls or Ingress.spec.tls[]",
}
