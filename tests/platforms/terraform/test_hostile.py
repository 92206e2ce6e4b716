"""Input that means harm meets a limit: one error, in a moment."""

from time import process_time

import pytest

from isomorph.model.errors import InvalidInput
from tests.platforms.terraform.reading import output, read

CHAIN = "".join(f"  a{number} = local.a{number + 1}\n" for number in range(3000))
MODULES = "".join(
    f'module "m{number}" {{\n  source = "./m"\n  v = module.m{number + 1}.o\n}}\n' for number in range(200)
)
HARMFUL: dict[str, dict[str, str]] = {
    "instances": {"main.tf": 'resource "vm" "a" {\n  count = 1000000000\n}\n'},
    "instances of many": {
        "main.tf": "".join(f'resource "vm" "a{number}" {{\n  count = 2000\n}}\n' for number in range(10))
    },
    "modules in modules": {
        "main.tf": 'module "a" {\n  source = "./m"\n  count = 100\n}\n',
        "m/main.tf": 'module "a" {\n  source = "../n"\n  count = 100\n}\n',
        "n/main.tf": 'module "a" {\n  source = "../o"\n  count = 100\n}\n',
        "o/main.tf": "locals {}\n",
    },
    "loops": {
        "main.tf": "locals {\n  a = range(1000)\n"
        "  b = [for x in local.a : [for y in local.a : [for z in local.a : x]]]\n}\n"
    },
    "doubling": {
        "main.tf": 'locals {\n  a0 = "x"\n'
        + "".join(f'  a{number + 1} = "${{local.a{number}}}${{local.a{number}}}"\n' for number in range(60))
        + "}\n"
    },
    "doubled lists": {
        "main.tf": "locals {\n  a0 = [1]\n"
        + "".join(f"  a{number + 1} = [local.a{number}, local.a{number}]\n" for number in range(60))
        + "}\n"
    },
    "depth": {"main.tf": f"locals {{\n  a = {'[' * 500}{']' * 500}\n}}\n"},
    "json": {"main.tf.json": '{"locals": ' + '{"a": [' * 200 + "]}" * 200 + "}"},
}


@pytest.mark.parametrize("name", HARMFUL)
def test_harmful_configurations_meet_a_limit(name: str) -> None:
    start = process_time()
    with pytest.raises(InvalidInput) as error:
        read(HARMFUL[name])
    assert error.value.origin is not None
    assert process_time() - start < 20


def test_long_chains_are_read() -> None:
    assert output(read(f'locals {{\n{CHAIN}  a3000 = "end"\n}}\noutput "x" {{\n  value = local.a0\n}}\n')) == "end"
    end = 'module "m200" {\n  source = "./m"\n  v = "end"\n}\noutput "x" {\n  value = module.m0.o\n}\n'
    inner = 'variable "v" {}\nlocals {\n  v = var.v\n}\noutput "o" {\n  value = local.v\n}\n'
    assert output(read({"main.tf": MODULES + end, "m/main.tf": inner})) == "end"
