"""The import graph: stages import one way, and nothing knows two platforms at once."""

import ast
from pathlib import Path

import pytest

from isomorph.platforms.table import PLATFORMS

SOURCE = Path(__file__).resolve().parents[2] / "src"
PACKAGE = SOURCE / "isomorph"

MAY_IMPORT: dict[str, frozenset[str]] = {
    "model": frozenset(),
    "syntax": frozenset({"model"}),
    "platforms": frozenset({"model", "syntax"}),
    "provisioning": frozenset({"model", "syntax", "platforms"}),
    "drift": frozenset({"model", "syntax", "platforms"}),
    "policy": frozenset({"model", "syntax", "platforms", "provisioning", "drift"}),
    "report": frozenset({"model", "syntax", "platforms", "provisioning", "drift"}),
    "project": frozenset({"model", "syntax", "platforms", "provisioning", "drift", "policy", "report"}),
    "cli": frozenset(
        {"model", "syntax", "platforms", "provisioning", "drift", "policy", "report", "project", "__main__"}
    ),
    "__main__": frozenset({"model", "report", "cli"}),
    "__init__": frozenset(),
}
"""Stage to the stages that it may import; the version in the package itself is everyone's."""

FAMILIES = {
    "openshift": "kubernetes",
    "helm": "kubernetes",
    "minikube": "kubernetes",
    "terraform": "kubernetes",
    "swarm": "compose",
}
"""Platforms that may import one other: the one they are a kind of."""

MODULES = sorted(PACKAGE.rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> set[str]:
    """Give every module of the package that a module imports anywhere in it, deferred imports included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            module = node.module or ""
            found.add(module)
            found.update(f"{module}.{alias.name}" for alias in node.names if module.count(".") < 3)
    return {name for name in found if name.startswith("isomorph.")}


def stage(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def platform(module: str) -> str | None:
    parts = module.split(".")
    if len(parts) > 2 and parts[1] == "platforms" and (PACKAGE / "platforms" / parts[2]).is_dir():
        return parts[2]
    return None


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_stages_import_one_way(path: Path) -> None:
    here = stage(module_name(path))
    allowed = MAY_IMPORT[here] | {here}
    wrong = {name for name in imported(path) if stage(name) not in allowed and name != "isomorph.__version__"}
    assert not wrong


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_platforms_do_not_know_each_other(path: Path) -> None:
    here = platform(module_name(path))
    others = {platform(name) for name in imported(path)} - {None}
    if stage(module_name(path)) == "platforms":
        assert others <= {here, FAMILIES.get(here or "", here)}
    else:
        assert not others, "platforms are reached by the table only"


def test_every_platform_has_its_folder_and_every_folder_its_platform() -> None:
    folders = {path.name for path in (PACKAGE / "platforms").iterdir() if (path / "__init__.py").exists()}
    assert folders == {row.package.rpartition(".")[2] for row in PLATFORMS}


def test_every_stage_is_known() -> None:
    stages = {stage(module_name(path)) for path in MODULES}
    assert stages <= set(MAY_IMPORT)
