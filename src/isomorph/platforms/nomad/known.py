"""The fields of a job, block by block: what each is called in HCL and in the API, and how its blocks repeat.

Source: package api of github.com/hashicorp/nomad 1.11 (jobs.go, tasks.go, services.go, resources.go, consul.go), which names
both; drivers/docker/config.go and the podman driver's config.go for what their tasks take.
"""

import msgspec


class Shape(msgspec.Struct, frozen=True):
    """What a block holds: arguments, HCL's name to the API's, and blocks by their type in HCL.

    `unsaid` are arguments whose zero value in the API is silence, since the API has it wherever nothing was said.
    """

    attributes: dict[str, str]
    blocks: "dict[str, Nested]"
    unsaid: frozenset[str] = frozenset()


class Nested(msgspec.Struct, frozen=True):
    """A block in a block: its name in the API, and how it repeats.

    `form`: one; many; labelled (a list in the API, whose items have the label as `label`); keyed (a map by the label);
    map (no arguments of its own: any names, as `env`); free (any arguments and blocks, as a driver's `config`).
    """

    api: str
    form: str
    shape: "Shape | None" = None
    label: str = "Name"


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _shape(attributes: str, **blocks: Nested) -> Shape:
    """Read `NAME[=API][!]…`: `!` marks an argument whose zero value is silence."""
    names: dict[str, str] = {}
    unsaid: set[str] = set()
    for word in attributes.split():
        name, _, api = word.rstrip("!").partition("=")
        names[name] = api or _camel(name)
        if word.endswith("!"):
            unsaid.add(name)
    return Shape(names, blocks, frozenset(unsaid))


def _one(api: str, shape: Shape) -> Nested:
    return Nested(api, "one", shape)


def _many(api: str, shape: Shape) -> Nested:
    return Nested(api, "many", shape)


_META = Nested("Meta", "map")

CONSTRAINT = _shape(
    "attribute=LTarget value=RTarget operator=Operand distinct_hosts distinct_property regexp version semver set_contains"
    " set_contains_all set_contains_any is_set is_not_set"
)
_AFFINITY = _shape(
    "attribute=LTarget value=RTarget operator=Operand weight version semver regexp set_contains set_contains_all"
    " set_contains_any"
)
_SPREAD = _shape("attribute weight", target=Nested("SpreadTarget", "labelled", _shape("percent"), "Value"))
_UPDATE = _shape(
    "stagger max_parallel health_check min_healthy_time healthy_deadline progress_deadline canary auto_revert auto_promote"
)
RESTART = _shape("interval attempts delay mode render_templates")
RESCHEDULE = _shape("attempts interval delay delay_function max_delay unlimited")
_MIGRATE = _shape("max_parallel health_check min_healthy_time healthy_deadline")
_CONSUL = _shape("namespace! cluster! partition!")
_VAULT = _shape(
    "policies role! namespace cluster! env disable_file change_mode change_signal allow_token_expiration entity_alias!"
)
_IDENTITY = _shape(
    "name! aud=Audience change_mode! change_signal! env! file! filepath! service_name! ttl=TTL! extra_claims!"
)
_SECRET = _shape("provider! path!", config=Nested("Config", "free"), env=Nested("Env", "map"))
_SCALING = _shape("type! min max enabled", policy=Nested("Policy", "free"))
_PLACED = {
    "constraint": _many("Constraints", CONSTRAINT),
    "affinity": _many("Affinities", _AFFINITY),
}

PORT = _shape("static=Value! to! host_network! ignore_collision!")
NETWORK = _shape(
    "mode! device! cidr=CIDR! ip=IP! hostname! mbits=MBits",
    dns=_one("DNS", _shape("servers searches options")),
    port=Nested("DynamicPorts", "labelled", PORT, "Label"),
    cni=_one("CNI", _shape("args")),
)
RESOURCES = _shape(
    "cpu=CPU cores memory=MemoryMB memory_max=MemoryMaxMB disk=DiskMB iops=IOPS secrets=SecretsMB",
    network=_many("Networks", NETWORK),
    device=Nested("Devices", "labelled", _shape("count", **_PLACED)),
    numa=_one("NUMA", _shape("affinity! devices")),
)

CHECK_RESTART = _shape("limit! grace ignore_warnings!")
CHECK = _shape(
    "name! type! command! args path! protocol! port=PortLabel! expose! address_mode! advertise! interval! timeout!"
    " initial_status! notes! tls_server_name=TLSServerName! tls_skip_verify=TLSSkipVerify! method! body! task=TaskName!"
    " grpc_service=GRPCService! grpc_use_tls=GRPCUseTLS! success_before_passing! failures_before_critical!"
    " failures_before_warning! on_update! id=Id!",
    header=Nested("Header", "map"),
    check_restart=_one("CheckRestart", CHECK_RESTART),
)
SERVICE = _shape(
    "name! id=Id! tags canary_tags enable_tag_override! port=PortLabel! address_mode! address! task=TaskName! on_update!"
    " provider! cluster! kind!",
    check=_many("Checks", CHECK),
    check_restart=_one("CheckRestart", CHECK_RESTART),
    connect=Nested("Connect", "free"),
    meta=_META,
    canary_meta=Nested("CanaryMeta", "map"),
    tagged_addresses=Nested("TaggedAddresses", "map"),
    identity=_one("Identity", _IDENTITY),
    weights=_one("Weights", _shape("passing warning")),
)

TEMPLATE = _shape(
    "source=SourcePath destination=DestPath data=EmbeddedTmpl change_mode change_signal once splay perms uid gid"
    " left_delimiter=LeftDelim right_delimiter=RightDelim env=Envvars vault_grace error_on_missing_key=ErrMissingKey",
    change_script=_one("ChangeScript", _shape("command args timeout fail_on_error run_on_first_render")),
    wait=_one("Wait", _shape("min max")),
)
_ARTIFACT = _shape(
    "source=GetterSource mode=GetterMode insecure=GetterInsecure destination=RelativeDest chown!",
    options=Nested("GetterOptions", "map"),
    headers=Nested("GetterHeaders", "map"),
)
VOLUME_MOUNT = _shape("volume destination read_only propagation_mode selinux_label=SELinuxLabel")
VOLUME = _shape(
    "type! source! read_only! sticky! access_mode! attachment_mode! per_alloc!",
    mount_options=_one("MountOptions", _shape("fs_type=FSType mount_flags")),
)
_LOGS = _shape("max_files max_file_size=MaxFileSizeMB enabled disabled")

TASK = _shape(
    "driver! user! kill_timeout leader! shutdown_delay! kill_signal! kind!",
    config=Nested("Config", "free"),
    env=Nested("Env", "map"),
    lifecycle=_one("Lifecycle", _shape("hook! sidecar!")),
    service=_many("Services", SERVICE),
    resources=_one("Resources", RESOURCES),
    restart=_one("RestartPolicy", RESTART),
    meta=_META,
    logs=_one("LogConfig", _LOGS),
    artifact=_many("Artifacts", _ARTIFACT),
    vault=_one("Vault", _VAULT),
    consul=_one("Consul", _CONSUL),
    template=_many("Templates", TEMPLATE),
    dispatch_payload=_one("DispatchPayload", _shape("file!")),
    volume_mount=_many("VolumeMounts", VOLUME_MOUNT),
    csi_plugin=Nested("CSIPluginConfig", "free"),
    scaling=Nested("ScalingPolicies", "labelled", _SCALING, "Type"),
    secret=Nested("Secrets", "labelled", _SECRET),
    identity=_many("Identities", _IDENTITY),
    action=Nested("Actions", "labelled", _shape("command args")),
    schedule=Nested("Schedule", "free"),
    **_PLACED,
)
GROUP = _shape(
    "count shutdown_delay max_run_duration stop_after_client_disconnect max_client_disconnect prevent_reschedule_on_lost",
    task=Nested("Tasks", "labelled", TASK),
    spread=_many("Spreads", _SPREAD),
    volume=Nested("Volumes", "keyed", VOLUME),
    restart=_one("RestartPolicy", RESTART),
    disconnect=_one("Disconnect", _shape("lost_after stop_on_client_after replace reconcile")),
    reschedule=_one("ReschedulePolicy", RESCHEDULE),
    ephemeral_disk=_one("EphemeralDisk", _shape("sticky migrate size=SizeMB")),
    update=_one("Update", _UPDATE),
    migrate=_one("Migrate", _MIGRATE),
    network=_many("Networks", NETWORK),
    meta=_META,
    service=_many("Services", SERVICE),
    scaling=_one("Scaling", _SCALING),
    consul=_one("Consul", _CONSUL),
    vault=_one("Vault", _VAULT),
    secret=Nested("Secrets", "labelled", _SECRET),
    **_PLACED,
)
PERIODIC = _shape("enabled cron=Spec crons=Specs prohibit_overlap time_zone spec_type")
JOB = _shape(
    "region namespace id=ID name type priority all_at_once datacenters node_pool consul_namespace! vault_namespace!",
    group=Nested("TaskGroups", "labelled", GROUP),
    task=Nested("Tasks", "labelled", TASK),
    update=_one("Update", _UPDATE),
    multiregion=Nested("Multiregion", "free"),
    spread=_many("Spreads", _SPREAD),
    periodic=_one("Periodic", PERIODIC),
    parameterized=_one("ParameterizedJob", _shape("payload! meta_required meta_optional")),
    reschedule=_one("Reschedule", RESCHEDULE),
    migrate=_one("Migrate", _MIGRATE),
    meta=_META,
    ui=Nested("UI", "free"),
    vault=_one("Vault", _VAULT),
    secret=Nested("Secrets", "labelled", _SECRET),
    **_PLACED,
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STATUS = _words(
    "stop parentid dispatched dispatchidempotencytoken payload consultoken vaulttoken nomadtokenid status"
    " statusdescription stable version versiontag submittime createindex modifyindex jobmodifyindex spectype"
)
"""What the API says of a job that runs, in lower case: nothing that anybody defined."""

DOCKER_BLOCKS = _words("auth devices healthchecks logging mount mounts storage_opt")
"""The fields of a docker or podman task's `config` that are written as blocks."""

DOCKER = _words(
    "image advertise_ipv6_address args auth auth_soft_fail cap_add cap_drop cgroupns command cpuset_cpus cpu_hard_limit"
    " cpu_cfs_period container_exists_attempts devices dns_search_domains dns_options dns_servers entrypoint extra_hosts"
    " force_pull group_add healthchecks hostname init interactive ipc_mode ipv4_address ipv6_address isolation labels load"
    " logging mac_address memory_hard_limit mount mounts network_aliases network_mode oom_score_adj runtime pids_limit"
    " pid_mode ports port_map privileged image_pull_timeout readonly_rootfs security_opt shm_size storage_opt sysctl tty"
    " ulimit uts_mode userns_mode volumes volume_driver work_dir"
)
PODMAN = _words(
    "apparmor_profile args auth auth_soft_fail cap_add cap_drop command cpu_hard_limit cpu_cfs_period devices entrypoint"
    " working_dir hostname image image_pull_timeout init init_path labels logging memory_reservation memory_swap"
    " memory_swappiness network_mode extra_hosts pids_limit port_map ports privileged socket sysctl tmpfs tty ulimit"
    " volumes force_pull readonly_rootfs userns shm_size security_opt selinux_opts dns"
)
