"""docs/resources.md, written from the catalogue's own table: `python -m isomorph.report.resource_pages FILE`."""

import sys

from isomorph.provisioning.catalogue import CATALOGUE

_HEAD = """\
# Resource types of the catalogue

Written by `make pages` from the catalogue's table; edit that.

What a workload depends on is realised by these on every platform that isomorph writes, unless a provisioner file of the
project matches first ([provisioning](provisioning.md)). Passwords are made once, sealed in the state, and stand in a
Kubernetes Secret or in the env file beside a Compose file, nowhere else. `${resources.NAME.OUTPUT}` in a Score file is an
output; a server of its own is called `WORKLOAD-NAME`, one with an id `ID-TYPE`.

| type | params | outputs | what it is |
|---|---|---|---|
"""


def print_page() -> str:
    """Write the page as Markdown."""
    rows = []
    for each in CATALOGUE:
        params = ", ".join(f"`{name}`" for name in each.params) or "none"
        rows.append(f"| `{each.type}` | {params} | {_outputs(each.outputs)} | {each.description} |")
    return _HEAD + "\n".join(rows) + "\n"


def _outputs(outputs: tuple[str, ...] | None) -> str:
    if outputs is None:
        return "any that is asked for"
    return ", ".join(f"`{name}`" for name in outputs) or "none"


if __name__ == "__main__":
    with open(sys.argv[1], "w", encoding="utf-8") as page:
        page.write(print_page())
