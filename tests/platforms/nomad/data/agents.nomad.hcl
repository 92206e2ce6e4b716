# A system job of three tasks that share no network: each is a workload.
job "agents" {
  type = "system"

  group "node" {
    network {
      port "collect" {
        static = 4317
      }

      port "status" {
        to = 8081
      }
    }

    task "collector" {
      driver = "docker"

      config {
        image        = "example/collector"
        network_mode = "monitoring"
        ports        = ["collect"]
        hostname     = "collector"
      }

      service {
        name = "collector"
        port = "collect"
        tags = ["otlp"]

        check {
          type     = "script"
          command  = "/bin/check"
          args     = ["--all"]
          interval = "30s"
          timeout  = "5s"
        }
      }
    }

    task "exporter" {
      driver = "raw_exec"

      config {
        command = "/usr/bin/docker"
        args    = ["run", "--rm", "-e", "LEVEL=info", "-p", "9100:9100", "-v", "/proc:/host/proc:ro", "--net=monitoring", "--hostname", "exporter", "-m", "64m", "example/exporter:2", "--all"]
      }

      env {
        UNUSED = "the wrapper's own"
      }
    }

    task "status" {
      driver = "java"

      config {
        jar_path    = "local/status.jar"
        jvm_options = ["-Xmx64m"]
        args        = ["--port", "${NOMAD_PORT_status}"]
      }

      env {
        COLLECTOR = "${NOMAD_ADDR_collect}"
      }
    }
  }
}
