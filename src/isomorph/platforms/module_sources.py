"""Where Terraform's modules come from, told by the form of their addresses.

Source: https://developer.hashicorp.com/terraform/language/modules/sources
"""

import re

_REGISTRY = re.compile(
    r"(?:[A-Za-z0-9.-]+\.[A-Za-z]+(?::\d+)?/)?[A-Za-z0-9_-]+/[A-Za-z0-9_-]+/[a-z0-9-]+(?://[\w./-]+)?"
)


def is_local(source: str) -> bool:
    """Tell whether a source is a path, as Terraform does: by how it begins."""
    return source.startswith(("./", "../")) or source in (".", "..")


def is_registry(source: str) -> bool:
    """Tell whether a source is a module of a registry: NAMESPACE/NAME/PROVIDER, a host before it or not."""
    return _REGISTRY.fullmatch(source) is not None
