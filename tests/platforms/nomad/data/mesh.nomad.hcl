# What is kept and not compared: the mesh, Vault and Consul, secrets, devices, and how allocations are moved.
job "mesh" {
  region      = "global"
  type        = "service"
  node_pool   = "default"
  all_at_once = true

  spread {
    attribute = "${node.datacenter}"
    weight    = 100

    target "dc1" {
      percent = 70
    }

    target "dc2" {
      percent = 30
    }
  }

  migrate {
    max_parallel     = 1
    health_check     = "checks"
    min_healthy_time = "10s"
    healthy_deadline = "5m"
  }

  ui {
    description = "Two services in the mesh"

    link {
      label = "source"
      url   = "https://example.com/mesh"
    }
  }

  vault {
    role        = "mesh"
    change_mode = "signal"

    change_signal = "SIGHUP"
  }

  group "api" {
    count = 1

    consul {
      namespace = "default"
      cluster   = "default"
    }

    ephemeral_disk {
      size    = 500
      migrate = true
      sticky  = true
    }

    disconnect {
      lost_after = "6h"
      replace    = true
      reconcile  = "best_score"
    }

    network {
      mode     = "bridge"
      hostname = "api"

      dns {
        servers = ["172.17.0.1"]
      }

      port "health" {
        to           = -1
        host_network = "default"
      }
    }

    service {
      name = "count-api"
      port = "9001"

      canary_tags = ["canary"]

      meta {
        version = "2"
      }

      check {
        name     = "connect"
        type     = "grpc"
        port     = "9001"
        interval = "10s"
        timeout  = "2s"

        grpc_service = "health"
      }

      connect {
        sidecar_service {
          proxy {
            expose {
              path {
                path            = "/health"
                protocol        = "http"
                local_path_port = 9001
                listener_port   = "health"
              }
            }
          }
        }
      }
    }

    task "api" {
      driver         = "docker"
      shutdown_delay = "5s"

      config {
        image          = "hashicorpdev/counter-api:v3"
        auth_soft_fail = true
        command        = "serve"
        extra_hosts    = ["old.example.com:10.0.0.1"]
        init           = true
        hostname       = "api"

        devices {
          host_path      = "/dev/fuse"
          container_path = "/dev/fuse"
        }

        healthchecks {
          disable = true
        }

        sysctl = {
          "net.core.somaxconn" = "16384"
        }

        ulimit {
          nofile = "2048:4096"
        }
      }

      secret "db" {
        provider = "nomad"
        path     = "nomad/jobs/mesh"
      }

      identity {
        name        = "aws"
        aud         = ["aws"]
        file        = true
        ttl         = "1h"
        change_mode = "noop"
      }

      action "dump" {
        command = "/bin/dump"
        args    = ["--all"]
      }

      logs {
        max_files     = 3
        max_file_size = 5
      }

      env {
        PASSWORD = "${secret.db.password}"
      }

      resources {
        cpu    = 200
        memory = 64

        device "nvidia/gpu" {
          count = 1

          constraint {
            attribute = "${device.attr.memory}"
            operator  = ">="
            value     = "2 GiB"
          }
        }
      }
    }

    task "notify" {
      driver = "docker"

      lifecycle {
        hook = "poststart"
      }

      config {
        image = "curlimages/curl:8.8.0"
        args  = ["http://127.0.0.1:9001"]
      }
    }
  }

  group "dashboard" {
    network {
      mode = "bridge"

      port "http" {
        static = 9002
        to     = 9002
      }
    }

    service {
      name = "count-dashboard"
      port = "9002"

      connect {
        sidecar_service {
          proxy {
            upstreams {
              destination_name = "count-api"
              local_bind_port  = 8080
            }
          }
        }
      }
    }

    task "dashboard" {
      driver = "docker"

      config {
        image = "hashicorpdev/counter-dashboard:v3"
      }

      env {
        COUNTING_SERVICE_URL = "http://${NOMAD_UPSTREAM_ADDR_count_api}"
      }
    }
  }
}
