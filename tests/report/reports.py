"""Reports made by hand, for the tests of what is printed."""

from isomorph.drift.finding import AlignedWorkload, Environment, Finding, Report, Severity, Side, Verdict
from isomorph.model.application import Application, Definition
from isomorph.model.errors import Diagnostic
from isomorph.model.origin import Origin
from isomorph.model.workload import Workload

DRIFT, MISSING, EXPECTED, UNRESOLVED = Verdict.DRIFT, Verdict.MISSING, Verdict.EXPECTED, Verdict.UNRESOLVED
ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


def make_environment(name: str, platform: str, source: str, workloads: tuple[str, ...] = ()) -> Environment:
    """Make an environment of empty workloads."""
    application = Application(workloads={each: Workload(each) for each in workloads})
    return Environment(name, Definition(application, platform, (source,)), ((platform, source),))


def make_finding(
    rule: str,
    workload: str,
    values: tuple[str | None, str | None],
    *,
    subject: str = "",
    verdict: Verdict = DRIFT,
    severity: Severity = WARNING,
    cause: str = "",
    line: int = 1,
    between: tuple[str, str] = ("local", "production"),
    message: str = "",
    reason: str | None = None,
    hint: str = "",
    container: str = "",
) -> Finding:
    """Make a finding; `line` is where both sides say it."""
    files = {"local": "docker-compose.yml", "staging": "deploy/staging.yaml", "production": f"deploy/{workload}.yaml"}
    return Finding(
        fingerprint=f"{rule}{workload}{subject}{between}".ljust(16, "0"),
        cause=cause or f"{rule}{workload}{subject}",
        rule=rule,
        verdict=verdict,
        severity=severity,
        workload=workload,
        container=container,
        subject=subject,
        between=between,
        sides=(
            Side(between[0], values[0], Origin(files.get(between[0], f"{between[0]}.yaml"), line, 3)),
            Side(between[1], values[1], Origin(files.get(between[1], f"{between[1]}.yaml"), line, 9)),
        ),
        message=message or f"{workload} differs in {rule}.",
        reason=reason,
        hint=hint,
    )


def make_report(
    findings: list[Finding], names: tuple[str, ...] = ("local", "production"), diagnostics: tuple[Diagnostic, ...] = ()
) -> Report:
    """Make a report of findings between environments."""
    workloads = tuple(dict.fromkeys(finding.workload for finding in findings))
    sources = {
        "local": ("compose", "docker-compose.yml"),
        "staging": ("kubernetes", "deploy/staging.yaml"),
        "production": ("kubernetes", "deploy/"),
    }
    summary = {verdict.value: 0 for verdict in Verdict}
    for finding in findings:
        summary[finding.verdict.value] += 1
    return Report(
        environments=tuple(make_environment(name, *sources[name], workloads) for name in names),
        workloads=tuple(AlignedWorkload(name, dict.fromkeys(names, name)) for name in workloads),
        findings=tuple(findings),
        diagnostics=diagnostics,
        summary={**summary, "equal": 12},
    )


def sample_report() -> Report:
    """A report with a bit of everything."""
    options = "-Xms64m -Xmx128m -XX:PermSize=32m -XX:MaxPermSize=64m -XX:+UseG1GC -Djava.security.egd=file:/dev/urandom"
    findings = [
        make_finding(
            "image.tag",
            "carts",
            ("0.4.8", "0.4.7"),
            severity=ERROR,
            line=12,
            message="The environments run different releases of carts.",
            hint="Write the same tag on both sides, or a digest.",
        ),
        make_finding(
            "variable.value",
            "carts",
            (options, options + " -Dspring.zipkin.enabled=false"),
            subject="JAVA_OPTS",
            line=20,
            message="carts starts with different options, so memory and tracing are not what was tested.",
        ),
        make_finding(
            "variable.missing", "orders", (None, "true"), subject="SESSION_REDIS", verdict=MISSING, severity=ERROR
        ),
        make_finding(
            "port.target", "orders", ("8080", "80"), subject="80/tcp", severity=ERROR, cause="orders-port", line=31
        ),
        make_finding(
            "probe.check", "orders", ("GET :8080/", "GET :80/"), subject="liveness", cause="orders-port", line=31
        ),
        make_finding("variable.value", "orders", ("${TAG}", "7"), subject="RELEASE", verdict=UNRESOLVED),
        make_finding(
            "probe.missing",
            "orders",
            (None, "GET :80/health"),
            subject="liveness",
            verdict=EXPECTED,
            severity=NOTE,
            reason="cannot say: Compose restarts nothing that is unhealthy",
        ),
    ]
    for number, workload in enumerate(["carts", "orders", "payment", "shipping", "user"]):
        findings.append(
            make_finding(
                "compute.limits",
                workload,
                (None, "300m" if number else "500m"),
                subject="cpu",
                message=f"{workload} may take every processor of the machine on local.",
                hint="Add deploy.resources.limits.cpus.",
                line=40 + number,
            )
        )
        findings += [
            make_finding("security.capability", workload, (None, "added"), subject=name, severity=NOTE, line=50)
            for name in ("CHOWN", "SETGID", "SETUID")
        ]
    return make_report(
        findings, diagnostics=(Diagnostic("unset-variable", "TAG is not set", Origin("docker-compose.yml", 9, 3)),)
    )
