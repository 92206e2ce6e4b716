"""What silence means to a chart: what it means to Kubernetes, for a chart says nothing but manifests."""

from isomorph.platforms.kubernetes.defaults import DEFAULTS as DEFAULTS
