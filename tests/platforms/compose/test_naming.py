"""Names that are each given once."""

from isomorph.platforms.compose.naming import Names


def test_a_name_that_is_taken_gets_the_first_free_number() -> None:
    names = Names(["web-2"])
    assert [names.give(wish) for wish in ("web", "web", "web", "web-2", "web-2", "db")] == [
        "web",
        "web-3",
        "web-4",
        "web-2-2",
        "web-2-3",
        "db",
    ]
    assert names.give("web", "_") == "web_5"


def test_one_wish_of_many_is_no_slower() -> None:
    names = Names()
    given = [names.give("a") for _ in range(200_000)]  # Each looking for its number from 2 on would take hours.
    assert len(set(given)) == 200_000
