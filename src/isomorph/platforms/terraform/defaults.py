"""What silence means in a Terraform configuration: what it means to Kubernetes, whose objects are the workloads written here.

Where another provider's silence means something else (`docker_container`, ECS, Cloud Run, Container Apps, `nomad_job`), the
reader says it in so many words.
"""

from isomorph.platforms.kubernetes.defaults import DEFAULTS as KUBERNETES
from isomorph.platforms.platform import Default

DEFAULTS: tuple[Default, ...] = KUBERNETES
