"""The pages of docs/policy: the words of policies, and the rules that come with isomorph with their examples.

`python -m tests.policy.pages` writes them anew.
"""

from difflib import unified_diff
from pathlib import Path

from isomorph.platforms.table import BY_NAME
from isomorph.policy.rule import Rule
from isomorph.policy.words import SUBJECTS, TYPES, roots_of
from isomorph.project.policy_files import PACKS, load_pack
from tests.policy.cases import example_of
from tests.policy.examples import GOOD, MARK, Example

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "policy"


def print_words() -> str:
    """Write the page of the words."""
    lines = [
        "# The words of policies",
        "",
        "Written by `make pages` from the table of words; edit that.",
        "",
        "A rule is `for:` one of these, and its expressions know these names:",
        "",
        "| for | names |",
        "|---|---|",
    ]
    lines += [f"| {name} | {', '.join((*roots_of(name), 'parameters'))} |" for name in SUBJECTS]
    lines += [
        "",
        "A text, number or flag that is not said is not there: ask `has(container.image.tag)` first. Lists and maps are always",
        "there, empty where nothing is said. CPU is in millicores, memory in bytes, time in milliseconds. What a platform does",
        "of its own accord where nothing is said (Nomad's 300 MiB, OpenShift's user) counts as said.",
    ]
    for kind, words in TYPES.items():
        lines += ["", f"## {kind}", "", "| word | type | what it is |", "|---|---|---|"]
        lines += [f"| `{name}` | {word.type.replace(':', ' of ')} | {word.meaning} |" for name, word in words.items()]
    return "\n".join(lines) + "\n"


def print_rules() -> str:
    """Write the page of the rules that come with isomorph."""
    lines = [
        "# The rules that come with isomorph",
        "",
        "Written by `make pages` from the packs and their examples, which the tests run; edit those.",
        "",
        "A project takes a pack, or one rule, by its name: `policy: [isomorph:recommended, isomorph:read-only-root]`.",
        "",
        f"An example takes away a good line (`-`) or puts a bad one in its place (`+`). `{MARK}` is where the finding points to;",
        "without one it points to the container, or to the route.",
    ]
    for pack in PACKS:
        lines += ["", f"## isomorph:{pack}"]
        for rule in load_pack(pack):
            lines += _print_rule(rule)
    return "\n".join(lines) + "\n"


def _print_rule(rule: Rule) -> list[str]:
    lines = ["", f"### {rule.name}", "", f"{rule.description[:1].upper()}{rule.description[1:]}."]
    grave = rule.severity.value
    if rule.local_severity is not rule.severity:
        grave += f", on a developer's machine {rule.local_severity.value}"
    lines += ["", f"Severity: {grave}. To mend it: {rule.mend}. See <{rule.reference}>.", "", "```cel"]
    lines += [f"// for each {rule.subject}{' where' if rule.when is not None else ''}"]
    if rule.when is not None:
        lines += [*rule.when.text.splitlines(), "// it requires"]
    lines += [*rule.require.text.splitlines(), "```"]
    if rule.environments:
        lines += ["", f"It holds in the environments {', '.join(f'`{each}`' for each in rule.environments)}."]
    for name, value in rule.parameters.items():
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        lines += ["", f"Parameter `{name}`: {text}."]
    shown: dict[tuple[str, ...], list[str]] = {}
    for platform in GOOD:
        if platform in BY_NAME:
            example = example_of(rule.name, platform)
            told = (f": {example}.",) if isinstance(example, str) else _print_example(example, platform)
            shown.setdefault(told, []).append(platform)
    for told, platforms in shown.items():
        first, *rest = told
        lines += ["", f"**{', '.join(BY_NAME[name].title for name in platforms)}**{first}", *rest]
    return lines


def _print_example(example: Example, platform: str) -> tuple[str, ...]:
    """Give what makes a bad definition of the good one, with the lines beside it."""
    good = GOOD[platform]
    bad = good.replace(example.good, example.bad)
    changes = list(unified_diff(good.splitlines(), bad.splitlines(), n=1, lineterm=""))[2:]
    return ("", "", "```diff", *(line for line in changes if not line.startswith("@@")), "```")


PAGES = {"words.md": print_words, "rules.md": print_rules}


def main() -> None:
    """Write the pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, write in PAGES.items():
        (FOLDER / name).write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()
