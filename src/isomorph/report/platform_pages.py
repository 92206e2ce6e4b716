"""The pages of docs/platforms, written from the platforms' own tables: `python -m isomorph.report.platform_pages FOLDER`."""

import os
import sys

from isomorph.model.fields import FIELDS
from isomorph.platforms.platform import Platform
from isomorph.platforms.table import PLATFORMS, load_defaults, load_support
from isomorph.report.support_matrix import directions

_LEVELS = {"full": "full", "lossy": "**lossy**", "never": "**never**"}


def print_page(platform: Platform) -> str:
    """Write one platform's page as Markdown."""
    lines = [
        f"# {platform.title}",
        "",
        "Written by `make pages` from the platform's tables; edit those.",
        "",
        f"Definitions are {directions(platform)}. In the name of a definition the platform is `{platform.name}:`"
        + _options(platform),
        "",
        "## What it can say",
        "",
        "full: said as it is. lossy: said approximately or not wholly. never: cannot be said, and so is no drift.",
        "",
        "| field | meaning | support | why |",
        "|---|---|---|---|",
    ]
    support = load_support(platform.name)
    for name, field in FIELDS.items():
        row = support[name]
        lines.append(
            f"| `{name}` | {field.meaning} | {_LEVELS[row.level]} | {_cell(_sourced(row.reason, row.source))} |"
        )
    lines += ["", "## What silence means", ""]
    defaults = load_defaults(platform.name)
    if not defaults:
        return "\n".join([*lines, "Nothing: what is not said is left to whoever deploys it.", ""])
    lines += ["| rule | subject | value | holds | source |", "|---|---|---|---|---|"]
    for each in defaults:
        subject = f"`{each.subject}`" if each.subject else ""
        holds = each.when or "always"
        lines.append(f"| `{each.rule}` | {subject} | `{_cell(each.value)}` | {holds} | {_cell(_link(each.source))} |")
    return "\n".join([*lines, ""])


def write_pages(folder: str) -> None:
    """Write every platform's page."""
    os.makedirs(folder, exist_ok=True)
    for platform in PLATFORMS:
        with open(os.path.join(folder, f"{platform.name}.md"), "w", encoding="utf-8") as file:
            file.write(print_page(platform))


def _options(platform: Platform) -> str:
    if not platform.options:
        return "; it takes no options."
    names = ", ".join(f"`{option}`" for option in platform.options)
    return f"; after `?` it takes the options {names}."


def _sourced(reason: str, source: str) -> str:
    return f"{reason} ({_link(source)})" if source else reason


def _link(source: str) -> str:
    return f"[source]({source})" if source.startswith("http") and " " not in source else source


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    write_pages(sys.argv[1])
