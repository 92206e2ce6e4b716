# Two groups that share a network each, found by Nomad's own services.
variable "version" {
  type    = string
  default = "1.4.2"
}

variable "replicas" {
  type    = number
  default = 2
}

variable "level" {
  type = string
}

locals {
  registry = "registry.example.com/shop"
  ports    = { http = 8080, metrics = 9100 }
}

job "shop" {
  datacenters = ["dc1", "dc2"]
  namespace   = "web"
  type        = "service"
  priority    = 60

  meta {
    team = "storefront"
  }

  constraint {
    attribute = "${attr.kernel.name}"
    value     = "linux"
  }

  constraint {
    attribute = "${meta.rack}"
    operator  = "set_contains_any"
    value     = "r1,r2"
  }

  constraint {
    distinct_hosts = true
  }

  affinity {
    attribute = "${node.datacenter}"
    value     = "dc1"
    weight    = 50
  }

  update {
    max_parallel = 1
    auto_revert  = true
  }

  group "front" {
    count = var.replicas

    scaling {
      min     = 2
      max     = 6
      enabled = true

      policy {
        cooldown = "1m"

        check "cpu" {
          source = "nomad-apm"
          query  = "avg_cpu"

          strategy "target-value" {
            target = 70
          }
        }
      }
    }

    network {
      mode = "bridge"

      dynamic "port" {
        for_each = local.ports
        labels   = [port.key]

        content {
          to = port.value
        }
      }

      port "admin" {
        static = 9000
        to     = 9090
      }
    }

    volume "uploads" {
      type            = "csi"
      source          = "uploads"
      access_mode     = "multi-node-multi-writer"
      attachment_mode = "file-system"
    }

    service {
      name     = "front"
      port     = "http"
      provider = "nomad"
      tags     = ["public"]

      check {
        name     = "ready"
        type     = "http"
        path     = "/ready"
        interval = "10s"
        timeout  = "2s"

        header {
          Accept = ["application/json"]
        }
      }

      check {
        type      = "http"
        path      = "/live"
        interval  = "15s"
        timeout   = "3s"
        on_update = "ignore"

        check_restart {
          limit = 3
          grace = "30s"
        }
      }
    }

    restart {
      attempts = 3
      interval = "5m"
      delay    = "10s"
      mode     = "fail"
    }

    reschedule {
      attempts  = 0
      unlimited = false
    }

    task "migrate" {
      driver = "docker"

      lifecycle {
        hook = "prestart"
      }

      config {
        image   = "${local.registry}/migrate:${var.version}"
        command = "migrate"
        args    = ["up", "--dry=${upper("no")}"]
      }
    }

    task "proxy" {
      driver = "docker"

      lifecycle {
        hook    = "prestart"
        sidecar = true
      }

      config {
        image = "envoyproxy/envoy:v1.30"
      }
    }

    task "web" {
      driver       = "docker"
      user         = "1000:2000"
      kill_timeout = "25s"
      kill_signal  = "SIGINT"
      leader       = true

      config {
        image           = "${local.registry}/front:${var.version}"
        entrypoint      = ["/bin/front"]
        args            = ["--port", "${NOMAD_PORT_http}"]
        ports           = ["http", "metrics"]
        work_dir        = "/srv"
        readonly_rootfs = true
        cap_drop        = ["ALL"]
        cap_add         = ["net_bind_service"]
        security_opt    = ["no-new-privileges"]
        pids_limit      = 100
        force_pull      = true
        volumes         = ["local/front.conf:/etc/front/front.conf:ro", "/var/log/shop:/var/log/shop"]

        labels {
          tier = "web"
        }

        mount {
          type   = "tmpfs"
          target = "/tmp"

          tmpfs_options {
            size = 1048576
          }
        }

        mount {
          type     = "volume"
          source   = "cache"
          target   = "/var/cache"
          readonly = false
        }

        logging {
          type = "json-file"

          config {
            max-size = "10m"
          }
        }
      }

      env {
        LEVEL    = var.level
        SELF     = "http://${NOMAD_ADDR_http}/"
        INSTANCE = "${NOMAD_ALLOC_ID}"
        NODE     = "${node.unique.name}"
        GREETING = "Hello $${name}, 100%%"
        COUNT    = var.replicas + 1
      }

      template {
        destination = "secrets/front.env"
        env         = true
        change_mode = "restart"

        data = <<-EOF
          # Where the peers are.
          {{ range nomadService "back" -}}
          BACK_URL=http://{{ .Address }}:{{ .Port }}/api
          {{- end }}
          {{ with nomadVar "nomad/jobs/shop" }}DB_PASSWORD={{ .db_password }}{{ end }}
          QUOTED="a \"b\" # c"
        EOF
      }

      template {
        destination   = "local/front.conf"
        perms         = "600"
        change_mode   = "signal"
        change_signal = "SIGHUP"

        data = <<EOF
listen {{ env "NOMAD_PORT_http" }}
key = {{ with secret "kv/data/front" }}{{ .Data.data.key }}{{ end }}
EOF
      }

      artifact {
        source      = "https://example.com/theme.tar.gz"
        destination = "local/theme"
      }

      volume_mount {
        volume      = "uploads"
        destination = "/srv/uploads"
        read_only   = true
      }

      resources {
        cpu        = 500
        memory     = 256
        memory_max = 512
      }
    }
  }

  group "back" {
    network {
      mode = "bridge"

      port "api" {
        to = 3000
      }
    }

    service {
      name     = "back"
      port     = "api"
      provider = "nomad"

      check {
        type     = "tcp"
        interval = "10s"
        timeout  = "2s"

        check_restart {
          limit = 2
        }
      }
    }

    task "api" {
      driver = "podman"

      config {
        image       = "docker.io/example/back:3"
        ports       = ["api"]
        working_dir = "/app"
        tmpfs       = ["/scratch"]
      }

      resources {
        cores = 2
      }
    }
  }
}
