"""The pages and tables that are derived from the platforms' own tables."""

from pathlib import Path

import pytest

from isomorph.model.fields import FIELDS
from isomorph.platforms.platform import Platform
from isomorph.platforms.table import PLATFORMS, load_support
from isomorph.report import resource_pages
from isomorph.report.platform_pages import print_page
from isomorph.report.support_matrix import print_platform, print_platforms
from isomorph.report.terminal import Style, cells

PAGES = Path(__file__).resolve().parents[2] / "docs" / "platforms"


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda row: row.name)
def test_the_page_is_up_to_date(platform: Platform) -> None:
    page = (PAGES / f"{platform.name}.md").read_text(encoding="utf-8")
    assert page == print_page(platform), "run `make pages`"


def test_the_page_of_resources_is_up_to_date() -> None:
    page = (PAGES.parent / "resources.md").read_text(encoding="utf-8")
    assert page == resource_pages.print_page(), "run `make pages`"


def test_there_are_no_other_pages() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == {platform.name for platform in PLATFORMS}


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda row: row.name)
def test_one_platform_names_every_field(platform: Platform) -> None:
    text = print_platform(platform, Style(False, 100))
    assert [field for field in FIELDS if field not in text] == []
    for row in load_support(platform.name).values():
        assert row.level == "full" or row.reason.split()[0] in text


def test_the_matrix_has_a_row_a_field_and_a_column_a_platform() -> None:
    lines = print_platforms(Style(False, 80)).splitlines()
    headings = [line.split()[1:] for line in lines if line.startswith("field")]
    assert [name for heading in headings for name in heading] == [platform.name for platform in PLATFORMS]
    fields = [line.split()[0] for line in lines if line.split() and line.split()[0] in FIELDS]
    assert fields == list(FIELDS) * len(headings)
    assert max(map(cells, lines)) <= 80
