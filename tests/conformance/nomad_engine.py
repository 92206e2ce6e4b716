"""What a real Nomad says of jobs: the fixture `nomad` (tests/conformance/conftest.py) is a `Nomad`, one for the whole run.

    job = nomad.parse(text)                       # the job of the API, with its defaults; raises NomadRefused with what it said
    job = nomad.parse(text, canonicalize=False)   # only what the text says: no defaults
    job = nomad.parse(text, variables='tag = "1"')  # as a variable file would set them (`-var-file`)
    nomad.validate(job) -> list[str]              # complaints: its errors and its warnings; none is []
    nomad.plan(job) -> list[str]                  # the same of a dry run of the scheduler; what only a node decides apart
    nomad.format(text) -> str                     # the text as `nomad fmt` leaves it; ours is canonical where it is the same
    nomad.check(text) -> list[str]                # all of it for a text that we wrote: fmt, parse, validate, plan

`parse` reads HCL as `nomad job run` does, without its functions of the file system (`file`, `fileset` …), which the API
refuses. Keys are the API's, in CamelCase (`TaskGroups`, `Tasks`, `Config`); durations are integers of nanoseconds, and what
is not set is None. With `canonicalize` all of the API's defaults are in place. A JSON job is a job already: `nomad.canonical`
gives it as it is registered.
"""

import subprocess
import urllib.parse
from typing import Any

from tests.engines.nomad_agent import NomadServer

Job = dict[str, Any]


class NomadRefused(Exception):
    """Nomad does not accept a text or a job; its message says why."""


class Nomad:
    """A real Nomad that reads jobs and runs none."""

    def __init__(self, server: NomadServer) -> None:
        self.server = server
        self.namespaces = {"default"}

    def _ask(self, method: str, path: str, body: Any) -> Any:
        status, answer = self.server.request(method, path, body)
        if status != 200:
            raise NomadRefused(str(answer))
        return answer

    def parse(self, text: str, canonicalize: bool = True, variables: str = "") -> Job:
        """Give the API's form of a job in HCL; `variables` is the text of a variable file."""
        body = {"JobHCL": text, "Canonicalize": canonicalize, "Variables": variables}
        job: Job = self._ask("POST", "/v1/jobs/parse", body)
        return job

    def _ensure_namespace(self, job: Job) -> None:
        """Create a job's namespace for real: without it, it is refused for that alone."""
        name = job.get("Namespace") or "default"
        if name not in self.namespaces:
            self._ask("PUT", f"/v1/namespace/{name}", {"Name": name})
            self.namespaces.add(name)

    def validate(self, job: Job) -> list[str]:
        """Give the complaints of `nomad job validate`: errors first, then warnings."""
        self._ensure_namespace(job)
        answer = self._ask("PUT", "/v1/validate/job", {"Job": job})
        errors = answer["ValidationErrors"] or ([answer["Error"]] if answer["Error"] else [])
        return [*errors, *([answer["Warnings"]] if answer["Warnings"] else [])]

    def plan(self, job: Job) -> list[str]:
        """Give the complaints of `nomad job plan`. There is no node here, so that a group has no place is none of them."""
        self._ensure_namespace(job)
        namespace = urllib.parse.urlencode({"namespace": job.get("Namespace") or "default"})
        path = f"/v1/job/{urllib.parse.quote(job['ID'], safe='')}/plan?{namespace}"
        try:
            answer = self._ask("PUT", path, {"Job": job, "Diff": True})
        except NomadRefused as refused:
            return [str(refused)]
        return [answer["Warnings"]] if answer["Warnings"] else []

    def canonical(self, job: Job) -> Job:
        """Give a job as it is registered, with every default, as `parse` gives one in HCL."""
        self._ensure_namespace(job)
        self._ask("PUT", "/v1/jobs", {"Job": job})
        namespace = urllib.parse.urlencode({"namespace": job.get("Namespace") or "default"})
        path = f"/v1/job/{urllib.parse.quote(job['ID'], safe='')}?{namespace}"
        registered: Job = self._ask("GET", path, None)
        self._ask("DELETE", f"{path}&purge=true", None)
        return registered

    def format(self, text: str) -> str:
        """Give a text as `nomad fmt` leaves it."""
        command = [str(self.server.program), "fmt", "-"]
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0:
            raise NomadRefused(done.stderr.strip())
        return done.stdout

    def check(self, text: str, variables: str = "") -> list[str]:
        """Give every complaint about a text that we wrote: its form, what it says, and whether it could be run."""
        try:
            formatted = self.format(text)
            job = self.parse(text, variables=variables)
        except NomadRefused as refused:
            return [str(refused)]
        complaints = [] if formatted == text else ["nomad fmt would change it"]
        return [*complaints, *self.validate(job), *self.plan(job)]
