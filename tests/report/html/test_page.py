"""The page as markup: complete, of itself, and with no value that becomes markup or script."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from isomorph.drift.finding import Finding, Report
from isomorph.model.origin import Origin
from isomorph.report.html import page
from isomorph.report.html.page import make_id, print_html
from tests.report.hostile import ALL, hostile_report, policy_finding
from tests.report.reports import ERROR, EXPECTED, UNRESOLVED, make_environment, make_finding, make_report, sample_report


class Reader(HTMLParser):
    """What a page holds: elements with their attributes, and its text without style and script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.raw: dict[str, list[str]] = {"style": [], "script": []}
        self.text = ""
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.text += " " if tag not in ("b", "em", "i") else ""
        self.elements.append((tag, {name: value or "" for name, value in attributes}))
        self._inside = tag if tag in self.raw else self._inside

    def handle_endtag(self, tag: str) -> None:
        self._inside = "" if tag == self._inside else self._inside

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.raw[self._inside].append(data)
        else:
            self.text += data

    def values(self, attribute: str) -> list[str]:
        return [attributes[attribute] for _, attributes in self.elements if attribute in attributes]


def read(report: Report, root: str | None = None) -> Reader:
    return Reader(print_html(report, root).decode())


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deploy").mkdir()
    (tmp_path / "docker-compose.yml").write_text(
        "services:\n  web:\n    image: web:1\n    environment:\n      API_TOKEN: hunter2\n", encoding="utf-8"
    )
    (tmp_path / "deploy" / "web.yaml").write_text("a: 1\nb: <b>&amp;\nimage: web:2\nd: 4\ne: 5\n", encoding="utf-8")
    return tmp_path


def test_nothing_is_fetched_and_only_its_own_style_and_script_are_allowed() -> None:
    found = read(sample_report())
    policy = next(each["content"] for _, each in found.elements if each.get("http-equiv") == "Content-Security-Policy")
    for kind in ("style", "script"):
        (text,) = found.raw[kind]
        assert f"{kind}-src 'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none';")
    assert not re.search(r"url\(|@import", found.raw["style"][0])
    assert not re.search(r"\bfetch\(|XMLHttpRequest|innerHTML|eval\(", found.raw["script"][0])
    assert {"src", "style", "srcset", "action"}.isdisjoint({name for _, each in found.elements for name in each})
    links = [each["href"] for tag, each in found.elements if tag == "a"]
    assert all(link.startswith(("#", "https://")) for link in links)
    assert not [each for tag, each in found.elements if tag == "link"]


def test_no_value_becomes_markup() -> None:
    plain, hostile = read(make_report([make_finding("variable.value", "web", ("1", "2"))])), read(hostile_report())
    assert {tag for tag, _ in hostile.elements} <= {tag for tag, _ in plain.elements} | {"em", "span"}
    assert not [name for _, each in hostile.elements for name in each if name.startswith("on")]
    assert len(hostile.raw["script"]) == len(hostile.raw["style"]) == 1
    assert "<img src=x onerror=alert(1)>" in hostile.text
    assert "{{ 7*7 }}" in hostile.text
    assert not re.search("[\x00-\x08\x1b\u202e]", hostile.text)


def test_a_finding_has_both_sides_with_their_lines_and_how_to_mend_it(project: Path) -> None:
    finding = make_finding(
        "image.tag", "web", ("1", "2"), severity=ERROR, line=3, hint="write one tag, or say in `expect` why"
    )
    found = read(make_report([finding]))
    text = re.sub(r"\s+", " ", found.text)
    assert "local 1 docker-compose.yml:3:3 1 services: 2 web: 3 image: web:1 4 environment: 5 API_TOKEN: ***" in text
    assert "production 2 deploy/web.yaml:3:9 1 a: 1 2 b: <b>&amp; 3 image: web:2 4 d: 4 5 e: 5" in text
    assert "To mend it: write one tag, or say in expect why." in text
    assert "hunter2" not in print_html(make_report([finding])).decode()


def test_of_a_long_line_what_is_around_the_place_is_shown(project: Path) -> None:
    text = "".join(f'"item{number}": "value{number}", ' for number in range(400))
    (project / "docker-compose.yml").write_text(f"{{{text}}}\n", encoding="utf-8")
    finding = make_finding("image.tag", "web", ("1", "2"))
    column = text.index('"value250"') + 2
    sides = tuple(
        msgspec.structs.replace(each, origin=Origin("docker-compose.yml", 1, column)) for each in finding.sides
    )
    found = read(make_report([msgspec.structs.replace(finding, sides=sides)])).text
    assert '"item250": "value250"' in found
    assert "value25," not in found
    assert "value399" not in found


def test_a_file_outside_of_the_project_is_not_opened(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("elsewhere") / "private.yml"
    outside.write_text("unshared: 1\n", encoding="utf-8")
    (project / "link.yml").symlink_to(outside)
    finding = make_finding("image.tag", "web", ("1", "2"))
    for file in (str(outside), "link.yml", f"deploy/../../{outside.parent.name}/private.yml", "-", "", "deploy"):
        sides = tuple(msgspec.structs.replace(side, origin=Origin(file, 1, 1)) for side in finding.sides)
        assert b"unshared" not in print_html(make_report([msgspec.structs.replace(finding, sides=sides)]))


def test_a_definition_that_was_named_is_opened_wherever_it_is(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("elsewhere") / "compose.yml"
    file.write_text("services: {}\n", encoding="utf-8")
    finding = make_finding("image.tag", "web", ("1", "2"))
    sides = tuple(msgspec.structs.replace(side, origin=Origin(str(file), 1, 1)) for side in finding.sides)
    report = make_report([msgspec.structs.replace(finding, sides=sides)])
    named = (make_environment("local", "compose", str(file)), report.environments[1])
    assert "services: {}" in read(msgspec.structs.replace(report, environments=named)).text


def test_the_matrix_has_a_cell_for_each_workload_and_environment() -> None:
    findings = [
        make_finding("image.tag", "web", ("1", "2"), severity=ERROR),
        make_finding("image.digest", "web", ("1", "3"), between=("local", "staging")),
        make_finding("image.tag", "db", ("1", "2"), verdict=EXPECTED, reason="declared"),
    ]
    text = re.sub(r"\s+", " ", read(make_report(findings, ("local", "staging", "production"))).text)
    assert (
        "Workload local staging production web 1 error 1 warning 1 warning 1 error db no drift no drift no drift"
        in text
    )


def test_what_differs_between_several_pairs_is_one_with_all_sides_and_all_links() -> None:
    pairs = (("local", "staging"), ("local", "production"), ("staging", "production"))
    values = {"local": "1", "staging": "2", "production": "3"}
    findings = [
        make_finding("image.tag", "web", (values[a], values[b]), between=(a, b), severity=ERROR) for a, b in pairs
    ]
    found = read(make_report(findings, ("local", "staging", "production")))
    text = re.sub(r"\s+", " ", found.text)
    assert "Also between local and staging, staging and production." in text
    assert re.search(r"local 1 .*staging 2 .*production 3 ", text)
    assert "1 error" in text
    assert {make_id("finding", each.fingerprint) for each in findings} <= set(found.values("id"))


def test_every_link_leads_to_one_place() -> None:
    for report in (sample_report(), hostile_report(), make_report([policy_finding(), policy_finding()])):
        found = read(report)
        ids = found.values("id")
        assert len(set(ids)) == len(ids)
        assert {link[1:] for link in found.values("href") if link.startswith("#")} <= set(ids)
        assert all(re.fullmatch(r"[\w.-]+", each) for each in ids)
    assert make_id("workload", "shop/cart ü") == "workload-shop_2fcart_20_fc"


def test_what_is_not_known_what_is_expected_and_a_policy_are_told_apart() -> None:
    findings = [
        make_finding("image.tag", "web", ("${TAG}", "1"), verdict=UNRESOLVED),
        make_finding("probe.missing", "web", (None, "x"), verdict=EXPECTED, reason="cannot say: Compose cannot"),
        policy_finding(),
    ]
    text = re.sub(r"\s+", " ", read(make_report(findings)).text)
    assert "image.tag not known" in text
    assert "1 that is expected, suppressed or a default expected probe.missing: cannot say: Compose cannot" in text
    assert "policy.pinned-images policy The image has no version." in text


def test_what_differs_in_long_values_is_set_apart() -> None:
    finding = make_finding("variable.value", "web", ("-Xms64m -Xmx128m -Da=1", "-Xms64m -Xmx256m -Da=1"))
    written = print_html(make_report([finding])).decode()
    assert '<pre class="value">-Xms64m <em>-Xmx128m</em> -Da=1</pre>' in written
    assert '<pre class="value">-Xms64m <em>-Xmx256m</em> -Da=1</pre>' in written


def many(number: int) -> Report:
    rules = ("image.tag", "variable.value", "compute.limits", "port.target")
    findings: list[Finding] = []
    for index in range(number):
        findings += [make_finding(rule, f"w{index:04}", ("1", "2"), line=3) for rule in rules]
    return make_report(findings)


def test_the_page_grows_with_what_it_shows_and_no_faster(project: Path) -> None:
    pages = [print_html(many(number)) for number in (50, 100, 200)]
    for sizes in ([len(each) for each in pages], [each.count(b"<") for each in pages]):
        assert (sizes[2] - sizes[1]) / (sizes[1] - sizes[0]) == pytest.approx(2, rel=0.05)


def test_beyond_a_number_of_findings_the_least_grave_have_no_lines(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "WITH_SOURCES", 3)
    found = read(many(2))
    assert len([each for tag, each in found.elements if tag == "pre" and "source" in each["class"]]) == 3
    assert "The 5 least grave findings are shown without their source lines." in found.text


def test_without_drift_it_says_so() -> None:
    text = read(make_report([])).text
    assert "No drift" in text
    assert ALL not in text
