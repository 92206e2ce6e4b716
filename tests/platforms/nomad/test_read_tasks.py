"""Tasks as containers: their driver's settings, resources, storage, and how they are stopped."""

import pytest

from isomorph.model.application import Volume
from isomorph.model.errors import InvalidInput
from isomorph.model.image import print_image
from isomorph.model.workload import Compute, File, Mount, Security
from tests.platforms.nomad.jobs import container_of, extras, job, only, place, read_text

MIB = 1024 * 1024


def test_entrypoint_command_and_args() -> None:
    container = container_of(read_text(job(config='entrypoint = ["/bin/x"]\ncommand = "serve"\nargs = ["-v", "a b"]')))
    assert (container.command, container.args) == (("/bin/x",), ("serve", "-v", "a b"))


def test_an_image_has_its_place() -> None:
    definition = read_text(job())
    image = container_of(definition).image
    assert image is not None
    assert print_image(image) == "web:1"
    assert place(definition, "containers", "web", "image", "tag") == (9, 17)


@pytest.mark.parametrize("scheme", ["https://", "docker://"])
def test_a_scheme_is_no_part_of_an_image(scheme: str) -> None:
    image = container_of(read_text(job().replace('"web:1"', f'"{scheme}r.example.com/web:1"'))).image
    assert image is not None
    assert print_image(image) == "r.example.com/web:1"


def test_security() -> None:
    config = (
        'cap_add = ["CAP_SYS_TIME"]\ncap_drop = ["all"]\nprivileged = true\nreadonly_rootfs = true\n'
        'security_opt = ["no-new-privileges:true", "label=disable"]'
    )
    definition = read_text(job(config=config, task='user = "app:1000"'))
    assert container_of(definition).security == Security(
        "app",
        "1000",
        capabilities_added=("SYS_TIME",),
        capabilities_dropped=("ALL",),
        read_only_root=True,
        privileged=True,
        no_new_privileges=True,
    )
    assert extras(definition)["workloads", "web", "containers", "web", "config", "security_opt"] == ["label=disable"]


def test_how_a_task_is_stopped_and_pulled() -> None:
    container = container_of(
        read_text(job(task='kill_timeout = "1m30s"\nkill_signal = "SIGQUIT"', config="force_pull = true"))
    )
    assert (container.stop_grace, container.stop_signal, container.pull_policy) == (90_000, "SIGQUIT", "always")


@pytest.mark.parametrize(
    ("resources", "config", "compute"),
    [
        ("", "", Compute()),
        ("cpu = 250", "", Compute(requests={"cpu": 250})),
        ("memory = 64", "", Compute(requests={"memory": 64 * MIB}, limits={"memory": 64 * MIB})),
        ("memory = 64\nmemory_max = 128", "", Compute(requests={"memory": 64 * MIB}, limits={"memory": 128 * MIB})),
        ("cores = 2", "", Compute(requests={"cpu": 2000}, limits={"cpu": 2000})),
        ("cpu = 500", "cpu_hard_limit = true", Compute(requests={"cpu": 500}, limits={"cpu": 500})),
        ("", "memory_hard_limit = 256", Compute(limits={"memory": 256 * MIB})),
        ("", "pids_limit = 50", Compute(limits={"pids": 50})),
    ],
)
def test_resources(resources: str, config: str, compute: Compute) -> None:
    task = f"resources {{\n{resources}\n}}" if resources else ""
    assert container_of(read_text(job(task=task, config=config))).compute == compute


def test_raw_exec_holds_to_nothing() -> None:
    text = job(task="resources {\n  memory = 64\n}").replace('"docker"', '"raw_exec"').replace("image =", "command =")
    container = container_of(read_text(text))
    assert container.command == ("web:1",)
    assert container.compute == Compute(requests={"memory": 64 * MIB})


def test_folders_of_the_host_and_of_the_allocation() -> None:
    definition = read_text(job(config='volumes = ["/srv/data:/data:ro", "local/cache:/cache", "../alloc/x:/x"]'))
    assert container_of(definition).mounts == {
        "/data": Mount("web/data", None, True),
        "/cache": Mount("web/cache"),
        "/x": Mount("web/alloc/x"),
    }
    assert definition.application.volumes == {
        "web/data": Volume("host", host_path="/srv/data"),
        "web/cache": Volume("ephemeral"),
        "web/alloc/x": Volume("ephemeral"),
    }


def test_a_volume_driver_has_volumes_by_name() -> None:
    definition = read_text(job(config='volume_driver = "rexray"\nvolumes = ["pg:/data"]'))
    assert definition.application.volumes == {"pg": Volume("persistent")}


def test_mounts_as_blocks_and_as_a_list() -> None:
    blocks = 'mount {\n  type = "tmpfs"\n  target = "/tmp"\n  tmpfs_options {\n    size = 1024\n  }\n}'
    listed = 'mounts = [{ type = "volume", source = "pg", target = "/data", readonly = true }]'
    definition = read_text(job(config=f"{blocks}\n{listed}"))
    assert container_of(definition).mounts == {"/tmp": Mount("web/tmp"), "/data": Mount("pg", None, True)}
    assert definition.application.volumes == {"web/tmp": Volume("memory", size=1024), "pg": Volume("persistent")}


def test_volumes_of_the_group() -> None:
    group = 'volume "data" {\n  type = "csi"\n  source = "pg"\n  access_mode = "single-node-writer"\n}'
    mount = 'volume_mount {\n  volume = "data"\n  destination = "/data/"\n  read_only = true\n}'
    definition = read_text(job(group=group, task=mount))
    assert container_of(definition).mounts == {"/data": Mount("pg", None, True)}
    assert definition.application.volumes == {"pg": Volume("persistent", access=("read-write-once",))}
    assert extras(definition)["volumes", "pg", "type"] == "csi"
    assert extras(definition)["volumes", "pg", "label"] == "data"


def test_a_file_is_where_the_container_sees_it() -> None:
    bound = 'volumes = ["local/conf:/etc/app:ro"]'
    template = 'template {{\n  destination = "{0}"\n  perms = "640"\n  data = "x"\n}}\n'
    text = job(config=bound, task="".join(template.format(each) for each in ("local/conf/a", "${NOMAD_SECRETS_DIR}/b")))
    assert container_of(read_text(text)).files == {
        "/etc/app/a": File("x", 0o640, read_only=True),
        "/secrets/b": File("x", 0o640),
    }


def test_a_template_of_the_node_is_left_open() -> None:
    definition = read_text(job(task='template {\n  source = "local/x.tpl"\n  destination = "local/x"\n}'))
    (file,) = container_of(definition).files.values()
    assert not isinstance(file.content, str)
    assert [each.code for each in definition.diagnostics] == ["missing-file"]


def test_networks_and_names() -> None:
    config = 'network_mode = "backend"\nhostname = "db.shop.local"\nnetwork_aliases = ["pg"]'
    more = 'dns_search_domains = ["shop.local."]'
    workload = only(read_text(job(config=f"{config}\n{more}", mode="host")))
    assert workload.networks == ("backend",)
    assert workload.names == ("db", "db.shop.local", "pg")


def test_namespaces_of_the_host() -> None:
    workload = only(read_text(job(config='network_mode = "host"\npid_mode = "host"\nipc_mode = "host"', mode="host")))
    assert workload.host_namespaces == ("network", "pid", "ipc")


def test_java_is_a_process() -> None:
    text = job(config='class_path = "lib"\njvm_options = ["-Xmx1g"]\nargs = ["a"]')
    text = text.replace('"docker"', '"java"').replace("image =", "class =")
    assert container_of(read_text(text)).command == ("java", "-Xmx1g", "-cp", "lib", "web:1", "a")


def test_another_driver_is_told() -> None:
    definition = read_text(job().replace('"docker"', '"qemu"'))
    assert [each.code for each in definition.diagnostics] == ["not-modelled"]
    assert extras(definition)["workloads", "web", "containers", "web", "driver"] == "qemu"


RUN = (
    '"run", "-d", "-e", "A=1", "--env=B=${NOMAD_TASK_NAME}", "-e", "C", "-p", "8080:80", "-v", "/srv:/data:ro",'
    ' "--net", "backend", "--hostname", "web.local", "--name", "web-${NOMAD_ALLOC_ID}", "--privileged", "-m", "1g",'
    ' "--cpus", "0.5", "--user", "1:2", "--entrypoint", "/x", "app:2", "--flag"'
)


def test_a_docker_run_is_its_container() -> None:
    text = job(config=f"args = [{RUN}]", task='env {\n  C = "3"\n  D = "4"\n}', mode="host")
    text = text.replace('"docker"', '"raw_exec"').replace('image = "web:1"', 'command = "/usr/bin/docker"')
    definition = read_text(text)
    container, workload = container_of(definition), only(definition)
    assert container.image is not None
    assert print_image(container.image) == "app:2"
    assert (container.command, container.args) == (("/x",), ("--flag",))
    assert container.variables == {"A": "1", "B": "web", "C": "3"}
    assert container.mounts == {"/data": Mount("web/data", None, True)}
    assert container.security == Security("1", "2", privileged=True)
    assert container.compute == Compute(limits={"memory": 1024 * MIB, "cpu": 500})
    assert (workload.networks, workload.names, workload.host_namespaces) == (("backend",), ("web.local",), ())
    assert [exposure.port for exposure in workload.ports["80/tcp"].exposures] == [8080]
    assert extras(definition)["workloads", "web", "containers", "web", "env"] == {"C": "3", "D": "4"}


def test_a_docker_run_without_an_image() -> None:
    text = job(config='args = ["run", "-d"]').replace('"docker"', '"raw_exec"')
    with pytest.raises(InvalidInput, match="names no image"):
        read_text(text.replace('image = "web:1"', 'command = "docker"'))
