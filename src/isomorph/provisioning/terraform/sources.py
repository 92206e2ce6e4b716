"""Where a module comes from: a folder of the project, a registry, or a repository.

The forms are Terraform's (https://developer.hashicorp.com/terraform/language/modules/sources), but for those that reach
into this machine: an absolute path, a path out of the project, `file://`.
"""

import os
import posixpath
import re

from isomorph.model.errors import InvalidInput, UsageError
from isomorph.model.origin import Origin
from isomorph.platforms.module_sources import is_local, is_registry
from isomorph.provisioning.atomic import path_in_project

_REMOTE = re.compile(r"(?:git::(?:https|ssh)://|hg::https://|https://|git@|github\.com/|bitbucket\.org/)\S+")


def check_source(source: str, version: str, origin: Origin | None) -> None:
    """Refuse a source that Terraform would not take, or that reaches into this machine, and a version where none belongs."""
    if is_local(source):
        clean = posixpath.normpath(source)
        if clean == ".." or clean.startswith("../") or "\0" in source or "\\" in source:
            raise InvalidInput(f"{source} is outside the project", origin, "a module is in a folder of the project")
        if version:
            raise InvalidInput("a module of the project has no version", origin, "remove `version`")
    elif _REMOTE.fullmatch(source):
        if version:
            raise InvalidInput("only a registry has versions", origin, "name it in the address: ?ref=v1.2.0")
    elif is_registry(source):
        if not version:
            raise InvalidInput(f"which version of {source} is meant is not said", origin, 'add `version: "~> 1.2"`')
    else:
        hint = "write terraform://./FOLDER for one of the project, terraform://NAMESPACE/NAME/PROVIDER for a registry's"
        raise InvalidInput(f"{source!r} is no address of a module", origin, hint)


def find_folder(project: str, source: str, origin: Origin | None) -> str:
    """Give the folder of a local module; raises InvalidInput where it is not there or a link leads out of the project."""
    try:
        # The file need not exist: what is asked is whether the folder that would hold it is the project's.
        folder = os.path.dirname(path_in_project(project, posixpath.join(posixpath.normpath(source), "main.tf")))
    except UsageError as error:
        raise InvalidInput(str(error), origin) from None
    if not os.path.isdir(folder):
        raise InvalidInput(f"there is no module {source} in the project", origin, "check the path")
    return folder
