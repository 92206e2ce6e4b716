"""Every rule of merging, extending, including and interpolating, as docker compose answers it."""

import pytest

from isomorph.model.errors import InvalidInput
from tests.platforms.compose.plain_form import form_of_model
from tests.platforms.compose.reading_cases import ACCEPTED, REFUSED, expected_of, options_of, read_case


@pytest.mark.parametrize("name", ACCEPTED)
def test_reads_as_docker_compose_does(name: str) -> None:
    assert form_of_model(read_case(name)) == expected_of(name)


@pytest.mark.parametrize("name", REFUSED)
def test_refuses_what_docker_compose_refuses(name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_case(name)
    assert options_of(name)["refused"] in str(caught.value)
    assert caught.value.origin is not None
