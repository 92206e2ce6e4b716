job "shop" {
  datacenters = ["dc1"]

  constraint {
    attribute = "${meta.disk}"
    value     = "ssd"
  }

  group "web" {
    count = 2

    network {
      mode = "bridge"

      port "http" {
        to = 8080
      }

      port "admin" {
        static = 8000
        to     = 9090
      }
    }

    volume "data" {
      type        = "csi"
      source      = "web-data"
      access_mode = "single-node-writer"
    }

    service {
      name     = "web"
      port     = "http"
      provider = "nomad"
      tags     = ["traefik.http.routers.web.rule=Host(`shop.example.com`) && PathPrefix(`/store`)", "traefik.http.routers.web.tls=true"]

      check {
        type     = "http"
        path     = "/ready"
        interval = "5s"
        timeout  = "2s"
      }

      check {
        type      = "http"
        path      = "/live"
        interval  = "10s"
        timeout   = "3s"
        on_update = "ignore"

        check_restart {
          limit = 4
          grace = "30s"
        }
      }
    }

    restart {
      attempts = 3
      mode     = "fail"
    }

    reschedule {
      attempts  = 0
      unlimited = false
    }

    task "warm" {
      driver = "docker"

      lifecycle {
        hook = "prestart"
      }

      config {
        image = "ghcr.io/shop/warm:1"
      }
    }

    task "web" {
      driver       = "docker"
      user         = "1000:2000"
      kill_signal  = "SIGQUIT"
      kill_timeout = "20s"

      config {
        image           = "ghcr.io/shop/web:1.4.2@sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
        force_pull      = true
        entrypoint      = ["/bin/web"]
        args            = ["--port", "8080"]
        ports           = ["http", "admin"]
        work_dir        = "/srv"
        cap_drop        = ["ALL"]
        cap_add         = ["NET_BIND_SERVICE"]
        readonly_rootfs = true
        privileged      = false
        security_opt    = ["no-new-privileges"]
        pids_limit      = 100
        volumes         = ["/var/log/web:/var/log:ro", "local/web.conf:/etc/web/web.conf"]

        mount {
          type   = "tmpfs"
          target = "/tmp"

          tmpfs_options {
            size = 1048576
          }
        }
      }

      env {
        LOG_LEVEL = "info"
        API_TOKEN = "t0ps3cret"
        API_HOST  = "api"
      }

      template {
        destination = "secrets/env"
        env         = true
        data        = <<EOT
API_URL={{ range nomadService "api" }}http://{{ .Address }}:{{ .Port }}/v1{{ end }}
DB_PASSWORD={{ with nomadVar "nomad/jobs/shop" }}{{ .db_password }}{{ end }}
CACHE_SIZE=64
EOT
      }

      template {
        destination = "local/web.conf"
        perms       = "0640"
        data        = "color = blue\n"
      }

      volume_mount {
        volume      = "data"
        destination = "/var/lib/web"
      }

      resources {
        cpu        = 250
        memory     = 128
        memory_max = 384
      }
    }
  }

  group "api" {
    network {
      mode = "bridge"

      port "api" {
        to = 9000
      }
    }

    service {
      name     = "api"
      port     = "api"
      provider = "nomad"
    }

    task "api" {
      driver = "docker"

      config {
        image = "ghcr.io/shop/api:2.0"
        ports = ["api"]
      }
    }
  }
}
