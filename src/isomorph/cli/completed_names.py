"""The names that a shell completes besides those of the command line: of the project, and of the tables."""

from isomorph.model.errors import IsomorphError


def list_environments() -> dict[str, str]:
    """Give the environments of the project around, none where it cannot be read."""
    from isomorph.project.opening import open_project

    try:
        project, _ = open_project()
    except (IsomorphError, OSError):
        return {}
    return dict.fromkeys(project.environments, "")


def list_rules() -> dict[str, str]:
    """Give the rules of the judge, and those of the project's policies."""
    from isomorph.drift.rules import RULES

    return {**{name: rule.title for name, rule in RULES.items()}, **_list_policies()}


def _list_policies() -> dict[str, str]:
    from isomorph.project.opening import open_project

    try:
        project, context = open_project()
        if "policy" not in project.sections:
            return {}
        from isomorph.project.policy_files import read_policies

        return {name: rule.description for name, rule in read_policies(project, context).rules.items()}
    except (IsomorphError, OSError):
        return {}


def list_topics() -> dict[str, str]:
    """Give what can be explained, by one word."""
    from isomorph.drift.reasons import REASONS
    from isomorph.model.errors import CODES

    return {name: told for name, told in {**list_rules(), **CODES, **REASONS}.items() if " " not in name}


def list_formats() -> dict[str, str]:
    """Give the formats of reports."""
    from isomorph.report.formats import FORMATS

    return {"text": "", **{each.name: each.use for each in FORMATS}}


def list_platforms() -> dict[str, str]:
    """Give the platforms."""
    from isomorph.platforms.table import BY_NAME

    return {name: each.title for name, each in BY_NAME.items()}
