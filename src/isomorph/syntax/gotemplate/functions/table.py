"""The functions of Helm's templates by name: Go's, Sprig's and Helm's own, each loaded when a template mentions it.

Ours keep the places of what they are given, piece by piece; the rest of Sprig's are gotpl's, whose results came from all
of their arguments. `and` and `or` are the evaluator's, `include` and `tpl` the renderer's.
"""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from isomorph.syntax.gotemplate.bounds import guard
from isomorph.syntax.gotemplate.functions.lifting import lift

if TYPE_CHECKING:
    from isomorph.syntax.gotemplate.render import Renderer

Function = Callable[..., object]

_MODULES = {
    "texts": """
        b64enc cat contains hasPrefix hasSuffix indent join lower nindent nospace print printf println quote
        repeat replace sha1sum sha256sum sha512sum split splitList splitn squote substr title toString toStrings
        trim trimAll trimPrefix trimSuffix trimall trunc upper
    """,
    "choices": """
        all any coalesce deepEqual default empty eq fail ge getHostByName gt index kindIs kindOf le len lookup
        lt ne not required ternary typeIs typeIsLike typeOf
    """,
    "dicts": """
        deepCopy dict dig get hasKey keys merge mergeOverwrite mustDeepCopy mustMerge mustMergeOverwrite omit
        pick pluck set unset values
    """,
    "lists": """
        append chunk compact concat first has initial last list mustAppend mustChunk mustCompact mustFirst
        mustHas mustInitial mustLast mustPrepend mustPush mustRest mustReverse mustSlice mustUniq mustWithout
        prepend push rest reverse slice sortAlpha tuple uniq until untilStep without
    """,
    "numbers": """
        add add1 atoi biggest ceil div float64 floor int int64 max maxf min minf mod mul round sub toDecimal
    """,
    "formats": """
        fromJson fromJsonArray fromToml fromYaml fromYamlArray mustFromJson mustToJson mustToPrettyJson
        mustToRawJson mustToToml mustToYaml toJson toPrettyJson toRawJson toToml toYaml toYamlPretty
    """,
    "durations": """
        durationDays durationHours durationMicroseconds durationMilliseconds durationMinutes durationNanoseconds
        durationRoundTo durationSeconds durationTruncateTo durationWeeks mustToDuration
    """,
    "builtins": """
        call html js urlquery
    """,
    "sprig": """
        abbrev abbrevboth add1f addf adler32sum ago b32dec b32enc b64dec base bcrypt buildCustomCert camelcase
        clean date dateInZone dateModify date_in_zone date_modify decryptAES derivePassword dir divf duration
        durationRound encryptAES ext genCA genCAWithKey genPrivateKey genSelfSignedCert genSelfSignedCertWithKey
        genSignedCert genSignedCertWithKey hello htmlDate htmlDateInZone htpasswd initials isAbs kebabcase mulf
        mustDateModify mustRegexFind mustRegexFindAll mustRegexMatch mustRegexReplaceAll
        mustRegexReplaceAllLiteral mustRegexSplit mustToDate must_date_modify now osBase osClean osDir osExt
        osIsAbs plural randAlpha randAlphaNum randAscii randBytes randInt randNumeric regexFind regexFindAll
        regexMatch regexQuoteMeta regexReplaceAll regexReplaceAllLiteral regexSplit semver semverCompare
        seq shuffle snakecase subf swapcase toDate unixEpoch untitle urlJoin urlParse uuidv4 wrap wrapWith
    """,
}

_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names.split()}
EVALUATED = frozenset(("and", "or"))
NAMES = frozenset(_MODULE_OF) | EVALUATED | {"include", "tpl"}
"""Helm's funcMap, with Go's own functions."""


def make_function(name: str, renderer: "Renderer") -> Function:
    """Give a function for the templates of a renderer."""
    if name == "include":
        return renderer.include
    if name == "tpl":
        return renderer.render_text
    module = _MODULE_OF[name]
    if module == "sprig":
        from gotpl.funcs.sprig.registry import text_func_map

        return lift(guard(name, text_func_map(environ={})[name]))
    if module == "builtins":
        from gotpl.runtime.sync_vm import _builtin_functions

        return lift(guard(name, _builtin_functions("go")[name]))
    function: Function = import_module(f"isomorph.syntax.gotemplate.functions.{module}").FUNCTIONS[name]
    return function
