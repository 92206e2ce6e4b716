"""The functions of a provisioner's template: Sprig's, and what keeps a hostile template from taking the machine.

The sandbox gives a template data and functions only: no attribute of a Python object, no file, no network, and of the
environment what the caller gives. gotpl bounds a rendering's iterations, function calls, nesting and output; what a
function may make is bounded in syntax/gotemplate/bounds.py.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from isomorph.provisioning.template_data import encode_secret_reference
from isomorph.syntax.gotemplate.bounds import ITERATIONS, LONGEST_OUTPUT, LONGEST_TEXT, guard

CALLS, NESTING = 200_000, 50
"""Function calls and nested templates of one rendering."""

Function = Callable[..., object]

_BUILTINS = ("print", "printf", "println", "html", "js", "urlquery")
_NOT_HERE = ("getHostByName",)
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def make_functions(platform: str, variables: Mapping[str, str]) -> dict[str, Function]:
    """Give the functions of a platform's templates; `variables` are what `env` and `expandenv` see."""
    from gotpl.funcs.sprig.registry import text_func_map
    from gotpl.runtime.sync_vm import _builtin_functions

    functions: dict[str, Function] = dict(text_func_map(environ=dict(variables)))
    builtins = _builtin_functions("go")
    functions.update({name: builtins[name] for name in _BUILTINS})
    if platform != "compose":
        functions["encodeSecretRef"] = encode_secret_reference
    for name in _NOT_HERE:
        functions[name] = _refuse(name)
    return {name: guard(name, function) for name, function in functions.items()}


def compile_template(text: str, name: str, functions: Mapping[str, Function]) -> Any:
    """Compile a template; raises gotpl's TemplateSyntaxError.

    gotpl copies a sandboxed template's functions for each rendering, so it gets only those that the text mentions: a
    rendering takes a third of the time.
    """
    from gotpl import ExecutionBudget, SandboxPolicy, Template

    mentioned = {word: functions[word] for word in set(_WORD.findall(text)) if word in functions}
    budget = ExecutionBudget(
        max_output_chars=LONGEST_OUTPUT, max_iterations=ITERATIONS, max_template_depth=NESTING, max_function_calls=CALLS
    )
    policy = SandboxPolicy(
        allow_functions=mentioned,
        allow_custom_lookup=True,  # Of TemplateData, to name the fields that there are.
        max_template_chars=LONGEST_TEXT,
        default_budget=budget,
    )
    return Template(text, name=name, functions=mentioned, sandbox=policy)


def _refuse(name: str) -> Function:
    def refused(*arguments: object) -> object:
        raise ValueError(f"{name} would use the network, which a template may not")

    return refused
