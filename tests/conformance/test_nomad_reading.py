"""A real Nomad reads every job as we do: field by field in the API's form, and whole, when its JSON is read instead of HCL."""

import json
from pathlib import Path

import pytest

from isomorph.model.application import Definition
from isomorph.platforms.context import Source
from isomorph.platforms.nomad.reader import read
from tests.conformance.nomad_engine import Job, Nomad
from tests.conformance.nomad_projection import project_job, project_model
from tests.conformance.test_nomad_parse import find_jobs, name_of
from tests.memory_context import memory_context

pytestmark = pytest.mark.engine

#: Tasks whose process starts a container: to Nomad it is the process, to us the container.
WRAPPED = ("/usr/bin/docker", "docker")


def texts_of(path: Path) -> tuple[str, str]:
    """Give a job's text, and that of its variables."""
    variables = path.with_name(f"{path.name.partition('.')[0]}.vars.hcl")
    return path.read_text(), variables.read_text() if variables.exists() else ""


def read_text(text: str, variables: str = "", file: str = "a.nomad.hcl") -> Definition:
    """Read a job from memory."""
    context = memory_context({file: text, "v.hcl": variables})
    return read(Source(file, {"var-file": ("v.hcl",)} if variables else {}), context)


def find_groups(job: Job) -> dict[str, str]:
    """Give the group of each task."""
    return {task["Name"]: group["Name"] for group in job["TaskGroups"] for task in group["Tasks"]}


@pytest.mark.parametrize("path", find_jobs(), ids=name_of)
def test_every_field_is_read_as_nomad_reads_it(nomad: Nomad, path: Path) -> None:
    text, variables = texts_of(path)
    job = nomad.parse(text, variables=variables)
    theirs = project_job(job)
    ours = project_model(read_text(text, variables), find_groups(job))
    assert set(ours) == set(theirs)
    for group in job["TaskGroups"]:
        for task in group["Tasks"]:
            name = f"{group['Name']}/{task['Name']}"
            if (task["Config"] or {}).get("command") in WRAPPED:
                continue
            mine, yours = dict(ours[name]), dict(theirs[name])
            # A group's ports and checks are one task's of several, which the API does not say.
            several = len(group["Tasks"]) > 1
            for fact in ("ports", "checks") if several else ():
                assert all(each in yours[fact] for each in mine.pop(fact)), fact
                del yours[fact]
            if task["Templates"]:  # What they set is known to nobody but who renders them.
                mine["env"] = {key: value for key, value in mine["env"].items() if key in (task["Env"] or {})}
            for fact in ("command", "args"):
                mine[fact] = [each for each in mine[fact] if isinstance(each, str)]
                # "${local.port}" is a number there, and a word to docker.
                yours[fact] = [str(each) for each in yours[fact]]
                if any("${" in each for each in yours[fact]) or task["Driver"] == "java":
                    del mine[fact], yours[fact]
            assert mine == yours, name


@pytest.mark.parametrize("path", find_jobs(), ids=name_of)
def test_the_job_in_json_says_what_the_text_says(nomad: Nomad, path: Path) -> None:
    text, variables = texts_of(path)
    job = nomad.parse(text, canonicalize=False, variables=variables)
    for data in (job, {"Job": job}):
        from_json = read_text(json.dumps(data), file="a.json")
        assert from_json.application == read_text(text, variables).application
        assert [each.message for each in from_json.diagnostics if each.code == "unknown-field"] == []
