"""A report whose every text is hostile: what each format does with it is its own test's."""

import msgspec

from isomorph.drift.finding import Finding, Report, Side
from isomorph.model.origin import Origin
from tests.report.reports import ERROR, make_finding, make_report

MARKUP = "</script></style><img src=x onerror=alert(1)>\"'`|<!--"
COMMAND = "a\n::error file=x,line=1::owned\r\n::add-mask::%0A::set-output name=x::y"
LINK = "[click](1) [click](javascript:alert(1)) @everyone #1 https://evil.example $x$ &lt;b&gt;"
NO_XML = "\x00\x01\x1b[31m\x7f\x85\u2028\u202e\ufffe\uffff\udc80"
ALL = f"{MARKUP}{COMMAND}{LINK}{NO_XML}]]>{{{{ 7*7 }}}}{{% raw %}}"


def hostile_report() -> Report:
    """Give a report whose workload, subject, values, message, hint and files hold all of it."""
    found = make_finding("variable.value", "web", (ALL, ALL), subject=ALL, message=ALL, hint=ALL, severity=ERROR)
    sides = tuple(Side(side.environment, ALL, Origin(f"a,b::c%|`{LINK}.yml", 3, 2)) for side in found.sides)
    return make_report([msgspec.structs.replace(found, workload=f"web{ALL}", container=ALL, sides=sides)])


def policy_finding() -> Finding:
    """Give what a policy finds: one side, and nothing that it is between."""
    found = make_finding("image.tag", "web", ("latest", None), severity=ERROR, hint="write a version", line=7)
    return msgspec.structs.replace(
        found,
        rule="policy.pinned-images",
        cause="pinned",
        compared_with="policy",
        between=(),
        sides=found.sides[:1],
        message="web: the image has no version.",
    )
