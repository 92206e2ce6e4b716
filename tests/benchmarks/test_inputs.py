"""The inputs of the benchmarks are what they are said to be: the same every time, and one application on both platforms."""

from pathlib import Path

from benchmarks.inputs import score_of, write_compose, write_kubernetes, write_scores
from tests.corpus.reading import keys, read, shown

COUNT = 25


def test_the_same_count_gives_the_same_bytes(tmp_path: Path) -> None:
    for write in (write_compose, write_kubernetes):
        write(tmp_path / "one", COUNT)
        write(tmp_path / "other", COUNT)
        assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_both_platforms_say_the_same(tmp_path: Path) -> None:
    write_compose(tmp_path / "compose.yaml", COUNT)
    write_kubernetes(tmp_path / "kubernetes.yaml", COUNT)
    compose, kubernetes = read("compose", tmp_path / "compose.yaml"), read("kubernetes", tmp_path / "kubernetes.yaml")
    assert len(compose.application.workloads) == len(kubernetes.application.workloads) == COUNT
    assert keys(shown(compose, kubernetes)) == set()


def test_one_tag_is_changed(tmp_path: Path) -> None:
    write_kubernetes(tmp_path / "one.yaml", COUNT)
    write_kubernetes(tmp_path / "other.yaml", COUNT, changed_tag=7)
    found = keys(shown(read("kubernetes", tmp_path / "one.yaml"), read("kubernetes", tmp_path / "other.yaml")))
    assert found == {("drift", "service-7", "image.tag", "")}


def test_score_files_have_a_database_a_dns_name_and_a_route_each(tmp_path: Path) -> None:
    write_scores(tmp_path, COUNT)
    definition = read("score", tmp_path)
    assert len(definition.application.workloads) == COUNT
    types = sorted(dependency.type for dependency in definition.application.dependencies.values())
    assert types == sorted(["postgres", "dns", "route"] * COUNT)


def test_another_tag_is_all_that_changes_in_a_score_file() -> None:
    before, after = score_of(7).splitlines(), score_of(7, "2.0").splitlines()
    changed = [line.strip() for line, old in zip(after, before, strict=True) if line != old]
    assert changed == ["image: registry.example.com/team-7/service-7:2.0.0"]
