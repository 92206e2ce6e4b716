"""A folder or a packed chart to a chart, the charts in `charts/` with it. Source: Helm's package chart/v2/loader."""

from isomorph.model.errors import Diagnostic, InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context
from isomorph.platforms.helm.archive import Budget, ChartFile, unpack
from isomorph.platforms.helm.chart import (
    FILE,
    REQUIREMENTS,
    Chart,
    Dependency,
    check_metadata,
    read_dependencies,
    text_of,
)
from isomorph.platforms.helm.ignoring import FILE as IGNORE_FILE
from isomorph.platforms.helm.ignoring import Ignored
from isomorph.platforms.helm.values import EMPTY, merge_maps
from isomorph.syntax.tree import Mapping, Node, Scalar
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_yaml

DEEPEST = 20
"""How many folders, and how many charts, may stand in one another."""

_MARK = b"\xef\xbb\xbf"


def load_chart(path: str, context: Context, remarks: list[Diagnostic] | None = None) -> Chart:
    """Load the chart in a folder (or with a `Chart.yaml` that is named), or a packed one; `remarks` takes diagnostics."""
    budget = Budget(remarks)
    if path == "-":
        return make_chart(unpack(context.read_input(path), "<stdin>", budget), "<stdin>", budget)
    if path.rpartition("/")[2] == FILE:
        path = path.rpartition("/")[0] or "."
    if not context.files.is_folder(path):
        return make_chart(unpack(context.read_input(path, what="chart"), path, budget), path, budget)
    folder = "" if path in (".", "./") else path.rstrip("/") or "/"
    if FILE not in context.files.list_folder(path):
        raise InvalidInput(f"{path} has no {FILE}, so it is no chart", Origin(path), "name the folder that has it")
    return make_chart(_read_folder(folder, context, budget), folder, budget)


def _read_folder(folder: str, context: Context, budget: Budget) -> list[ChartFile]:
    """Read the files of a folder, but for those that are ignored."""
    ignore = _join(folder, IGNORE_FILE)
    content = context.read_input(ignore) if context.files.is_file(ignore) else None
    ignored = Ignored(content, ignore)
    found: list[ChartFile] = []
    pending = [("", 0)]
    while pending:
        inside, depth = pending.pop()
        if depth > DEEPEST:
            raise InvalidInput(
                f"folders stand more than {DEEPEST} deep in one another", Origin(folder or "."), "check its links"
            )
        for name in context.files.list_folder(_join(folder, inside) or "."):
            path = f"{inside}/{name}" if inside else name
            shown = _join(folder, path)
            if context.files.is_folder(shown):
                if not ignored.ignores(path, True):
                    pending.append((path, depth + 1))
            elif not ignored.ignores(path, False):
                data = context.read_input(shown, what="file").removeprefix(_MARK)
                budget.take(len(data), shown)
                found.append(ChartFile(path, shown, data))
    return sorted(found, key=lambda file: file.name)


def make_chart(files: list[ChartFile], place: str, budget: Budget, depth: int = 0) -> Chart:
    """Make a chart of its files; raises InvalidInput for what Helm refuses."""
    if depth > DEEPEST:
        raise InvalidInput(f"charts stand more than {DEEPEST} deep in one another", Origin(place), "unpack them")
    by_name = {file.name: file for file in files}
    if FILE not in by_name:
        raise InvalidInput(f"the chart has no {FILE}", Origin(place or "."), "pack it with `helm package`")
    metadata = check_metadata(_parse_one(by_name[FILE]), by_name[FILE].file)
    templates: list[ChartFile] = []
    others: list[ChartFile] = []
    inner: dict[str, list[ChartFile]] = {}
    kept = {FILE, "Chart.lock", "values.yaml", "values.schema.json"}
    if text_of(metadata.get("apiVersion")) not in ("", "v1"):
        kept |= {REQUIREMENTS, "requirements.lock"}  # Templates of a chart of version 1 see these.
    for file in files:
        if file.name.startswith("templates/"):
            templates.append(file)
        elif file.name.startswith("charts/") and not file.name.endswith(".prov"):
            rest = file.name.removeprefix("charts/")
            inner.setdefault(rest.partition("/")[0], []).append(ChartFile(rest, file.file, file.data))
        elif file.name not in kept:
            others.append(file)
    return Chart(
        name=text_of(metadata["name"]),
        place=place,
        metadata=metadata,
        values=read_values(by_name["values.yaml"], budget.remarks) if "values.yaml" in by_name else EMPTY,
        templates=tuple(templates),
        files=tuple(others),
        schema=by_name.get("values.schema.json"),
        declared=_read_declared(metadata, by_name.get(REQUIREMENTS)),
        charts=tuple(_load_inner(inner, place, budget, depth + 1)),
        raw=tuple(files),
    )


def _load_inner(inner: dict[str, list[ChartFile]], place: str, budget: Budget, depth: int) -> list[Chart]:
    """Load the charts in `charts/`: folders, and packed ones; hidden and private ones are passed over."""
    found: list[Chart] = []
    for name, files in sorted(inner.items()):
        if name.startswith(("_", ".")):
            continue
        if name.endswith(".tgz") and files[0].name == name:
            file = files[0]
            found.append(make_chart(unpack(file.data, file.file, budget), file.file, budget, depth))
            continue
        below = [
            ChartFile(file.name.partition("/")[2], file.file, file.data)
            for file in files
            if file.name.startswith(f"{name}/")
        ]
        if below:  # A file in `charts/` that is no chart, such as a README, says nothing.
            found.append(make_chart(below, _join(place, f"charts/{name}"), budget, depth))
    return found


def _read_declared(metadata: Mapping, requirements: ChartFile | None) -> tuple[Dependency, ...]:
    """Read what the chart depends on; what `requirements.yaml` says replaces what `Chart.yaml` does."""
    if requirements is not None:
        root = _parse_one(requirements)
        if isinstance(root, Mapping) and "dependencies" in root:
            return read_dependencies(root, REQUIREMENTS)
    return read_dependencies(metadata)


def read_values(file: ChartFile, remarks: list[Diagnostic]) -> Mapping:
    """Read a file of values: a mapping, or several documents of which the later are laid over the earlier."""
    values = EMPTY
    doubled: list[InvalidInput] = []
    documents = parse_yaml(file.data, file.file, Dialect.KUBERNETES, doubled=doubled)
    remarks += [Diagnostic("ignored", f"{fault.message}; the last counts", fault.origin) for fault in doubled]
    for document in documents:
        root = document.root
        if root is None or (isinstance(root, Scalar) and root.value is None):
            continue
        if not isinstance(root, Mapping):
            raise InvalidInput("values are a mapping of names to values", root.origin, "write name: value")
        values = merge_maps(values, root) if values.entries else root
    return values


def _parse_one(file: ChartFile) -> Node | None:
    documents = parse_yaml(file.data, file.file, Dialect.KUBERNETES)
    return documents[0].root if documents else None


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder and name else folder or name
