"""The HTML page in a real headless Chromium: what is shown, filters, links, keys, themes, print, and who has no JavaScript."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from isomorph.__main__ import main
from isomorph.report.html.page import print_html
from tests.engines.chromium import Page, axe_file, find_chromium
from tests.report.hostile import hostile_report
from tests.report.reports import make_finding, make_report

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(find_chromium() is None, reason="chromium is not installed: make engines"),
]

SHOP = Path(__file__).resolve().parents[2] / "examples" / "sock-shop"
SHOWN = "[...document.querySelectorAll('.finding')].filter(each => each.checkVisibility()).length"
FOCUSED = "document.activeElement.parentElement.id"
NODES = "document.querySelectorAll('*').length"
NAMES = ("local", "staging", "production")
STATUS = "document.getElementById('shown').textContent"


def choose(page: Page, field: str, value: str) -> None:
    """Choose in a filter as a person does."""
    page.run(
        f"(field => {{ field.value = {value!r}; field.dispatchEvent(new Event('input', {{bubbles: true}})); }})"
        f"(document.getElementById('filter-{field}'))"
    )


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the Sock Shop's Compose file and manifests."""
    file = tmp_path_factory.mktemp("page") / "page.html"
    definitions = [f"compose:{SHOP}/compose/docker-compose.yml", f"kubernetes:{SHOP}/kubernetes"]
    assert main(["diff", *definitions, "--quiet", "--format", "html", "-o", str(file)]) == 1
    return file


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with Page(tmp_path_factory.mktemp("chromium")) as page:
        page.resize(1280, 1000)
        yield page


@pytest.fixture
def page(browser: Page, shop: Path) -> Page:
    """The page as it is when it was just opened."""
    browser.emulate(prefers_color_scheme="light")
    browser.open(shop)
    return browser


def test_it_is_there_without_a_fault_and_asks_for_nothing(page: Page, shop: Path) -> None:
    assert page.run("document.title") == "Drift between compose and kubernetes"
    assert page.run("document.querySelectorAll('#matrix tbody tr').length") == 16
    assert page.run(STATUS) == f"{page.run(SHOWN)} findings"
    assert page.run("document.querySelector('#matrix tbody tr td').textContent.trim()") == "4 errors2 warnings5 notes"
    assert page.faults() == []
    assert page.requests() == [shop.resolve().as_uri()]


def test_a_finding_shows_both_sides_with_their_lines_when_it_is_opened(page: Page) -> None:
    page.run("document.querySelector('#workload-carts .finding summary').click()")
    opened = "document.querySelector('#workload-carts .finding[open]')"
    assert page.run(f"[...{opened}.querySelectorAll('.side h4')].map(each => each.textContent)") == [
        "compose",
        "kubernetes",
    ]
    marked = page.run(f"[...{opened}.querySelectorAll('.source mark')].map(each => each.textContent.trim())")
    assert [each.split()[0] for each in marked] == ["58", "26"]
    assert all("-Xms64m" in each for each in marked)


@pytest.mark.parametrize(
    ("field", "value", "fits"),
    [
        ("severity", "warning", "[data-severity='warning']"),
        ("verdict", "unresolved", "[data-verdict='unresolved']"),
        ("rule", "volume.missing", "[data-rule='volume.missing']"),
    ],
)
def test_filters_show_what_fits_and_nothing_else(page: Page, field: str, value: str, fits: str) -> None:
    wanted = page.run(f"document.querySelectorAll(`.finding{fits}`).length")
    total = page.run("document.querySelectorAll('.finding').length")
    choose(page, field, value)
    page.settle(STATUS, f"{wanted} of {total} findings")
    assert page.run(SHOWN) == wanted > 0
    assert page.run(f"document.querySelectorAll(`.finding{fits}:not([hidden])`).length") == wanted
    rows = page.run(
        "[...document.querySelectorAll('#matrix tbody tr:not([hidden])')].map(each => each.dataset.workload)"
    )
    assert rows == page.run("[...document.querySelectorAll('.workload:not([hidden])')].map(each => each.id)")


def test_text_finds_names_values_and_files(page: Page) -> None:
    for words, some in (
        ("zipkin.jaeger", 4),
        ("USER-SIM locust", 1),
        ("loadtest-dep.yaml:28", 1),
        ("no such words", 0),
    ):
        choose(page, "text", words)
        page.settle(f"{STATUS}.split(' of ')[0]", str(some))
    assert page.run("document.getElementById('nothing').checkVisibility()")
    page.press("Escape")
    page.settle(f"{STATUS}.includes(' of ')", False)


def test_a_cell_filters_by_its_environment_and_leads_to_the_workload(page: Page) -> None:
    page.run("document.querySelector('#matrix a[data-environment=kubernetes]').click()")
    page.settle("location.hash", "#workload-queue-master")
    assert page.run("document.getElementById('filter-environment').value") == "kubernetes"


def test_links_lead_into_what_is_closed_and_what_is_filtered(page: Page, shop: Path) -> None:
    name = page.run("document.querySelector('#workload-user .finding').id")
    page.open(shop, f"?again#{name}")
    page.settle(f"document.getElementById('{name}').open", True)
    page.settle(FOCUSED, name)
    assert page.run(f"document.getElementById('{name}').getBoundingClientRect().top") < 500
    choose(page, "text", "no such words")
    page.settle(SHOWN, 0)
    page.run("location.hash = '#workload-carts'")
    page.settle("document.activeElement.id", "workload-carts")
    assert page.run(f"{SHOWN} > 1")
    page.run("document.querySelector('#workload-carts .links a').click()")
    page.settle("document.activeElement.id.startsWith('rule-')", True)


def test_keys_move_open_search_and_help(page: Page) -> None:
    ids: list[str] = page.run("[...document.querySelectorAll('.finding')].map(each => each.id)")
    page.run(f"document.querySelector('#{ids[0]} summary').focus()")
    for key, at in (("j", 1), ("ArrowDown", 2), ("k", 1), ("ArrowUp", 0), ("k", 0)):
        page.press(key)
        assert page.run(FOCUSED) == ids[at]
    page.press("Enter")
    assert page.run(f"document.getElementById('{ids[0]}').open")
    page.press("/")
    assert page.run("document.activeElement.id") == "filter-text"
    page.press("j")
    page.settle("document.getElementById('filter-text').value", "j")
    page.press("Escape")
    page.settle("document.getElementById('filter-text').value", "")
    page.press("?")
    assert page.run("document.getElementById('help').open")
    page.press("Escape")
    page.settle("document.getElementById('help').open", False)


def test_arrows_move_between_the_cells(page: Page) -> None:
    where = "[document.activeElement.closest('tr').rowIndex, document.activeElement.closest('th, td').cellIndex]"
    page.run("document.querySelector('#matrix tbody a').focus()")
    for key, at in (("ArrowRight", [1, 1]), ("ArrowDown", [2, 1]), ("ArrowLeft", [2, 0]), ("ArrowUp", [1, 0])):
        page.press(key)
        assert page.run(where) == at


GROUND = "getComputedStyle(document.body).backgroundColor"


def test_dark_is_as_the_system_says_until_somebody_chooses(page: Page, shop: Path) -> None:
    light = page.run(GROUND)
    page.emulate(prefers_color_scheme="dark")
    dark = page.run(GROUND)
    assert dark != light
    page.run("document.getElementById('theme-button').click()")
    assert page.run(GROUND) == light
    page.open(shop, "?again")
    assert page.run(GROUND) == light
    assert page.run("document.getElementById('theme-button').textContent") == "Dark"
    page.run("localStorage.clear()")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(page: Page, theme: str, width: int) -> None:
    if not axe_file().exists():
        pytest.skip("axe-core is not there: make engines")
    page.emulate(prefers_color_scheme=theme)
    page.resize(width, 1000)
    page.run("document.querySelectorAll('.workload:nth-of-type(-n+3) details').forEach(each => each.open = true)")
    page.run(axe_file().read_text(encoding="utf-8"))
    found = page.run("axe.run().then(all => all.violations.map(each => [each.id, each.nodes[0].html]))")
    assert found == []
    page.run("document.getElementById('help').showModal()")
    assert page.run("axe.run('#help').then(all => all.violations.map(each => [each.id, each.nodes[0].html]))") == []
    page.run("document.getElementById('help').close()")
    page.resize(1280, 1000)


def test_a_narrow_window_does_not_scroll_sideways(page: Page) -> None:
    page.run("document.querySelectorAll('details').forEach(each => each.open = true)")
    for width in (390, 768):
        page.resize(width, 900)
        assert page.run("document.documentElement.scrollWidth") <= width
    page.resize(1280, 1000)


def test_print_shows_what_is_closed(page: Page) -> None:
    side = "document.querySelector('.finding .side').checkVisibility({contentVisibilityAuto: true})"
    assert page.run(side) is False
    page.emulate(media="print")
    page.settle(side, True)
    assert page.run("document.getElementById('filters').checkVisibility()") is False
    page.emulate(media="")


def test_all_is_there_without_javascript(shop: Path, tmp_path: Path) -> None:
    with Page(tmp_path, scripts=False) as page:
        page.open(shop, "#workload-carts")
        root = page.send("DOM.getDocument")["root"]["nodeId"]

        def box(selector: str) -> Any:
            node = page.send("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
            try:
                return page.send("DOM.getBoxModel", nodeId=node)["model"]
            except AssertionError:
                return None  # it has no box: it is not shown

        assert box("#matrix")
        assert box("#workload-carts .finding summary")
        assert box("#filters") is None
        assert box(".buttons") is None
        assert page.faults() == []


def test_a_hostile_report_is_text(browser: Page, tmp_path: Path) -> None:
    file = tmp_path / "hostile.html"
    file.write_bytes(print_html(hostile_report()))
    browser.open(file)
    assert browser.faults() == []
    assert browser.requests() == [file.resolve().as_uri()]
    assert browser.run("document.querySelectorAll('img, iframe, script[src], [onerror]').length") == 0
    assert "<img src=x onerror=alert(1)>" in browser.run("document.querySelector('.finding .message').textContent")
    assert browser.run("document.querySelectorAll('script').length") == 1


def test_five_hundred_workloads_are_filtered_as_a_few_are(browser: Page, tmp_path: Path) -> None:
    rules = ("image.tag", "variable.value", "compute.limits", "port.target", "scale.replicas", "probe.check")
    findings = [make_finding(rule, f"w{number:03}", ("1", "2")) for number in range(500) for rule in rules]
    file, few = tmp_path / "many.html", tmp_path / "few.html"
    few.write_bytes(print_html(make_report(findings[:300], NAMES)))
    file.write_bytes(print_html(make_report(findings, NAMES)))
    browser.open(few)
    tenth = browser.run(NODES)
    browser.open(file)
    assert browser.run(NODES) < 10 * tenth < 120_000, "what is there grows with what is told, and no more"
    assert browser.run(STATUS) == "3000 findings"
    assert browser.run("document.querySelectorAll('#matrix tbody tr').length") == 500
    seen = "each => each.checkVisibility({contentVisibilityAuto: true})"
    laid_out = f"[...document.querySelectorAll('.workload > h3')].filter({seen}).length"
    assert browser.run(laid_out) < 50, "what is not on the screen is not laid out"
    browser.run("document.getElementById('workload-w499').scrollIntoView()")
    choose(browser, "text", "w499")
    browser.settle(STATUS, "6 of 3000 findings")
    assert browser.run(SHOWN) == 6
