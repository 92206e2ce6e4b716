# A shop of two services, as one job: `nomad job run examples/nomad/shop.nomad.hcl`.

variable "tag" {
  type        = string
  description = "The version of the web server."
  default     = "v1.11.0"
}

locals {
  port = 8080
}

job "shop" {
  datacenters = ["dc1"]

  group "web" {
    count = 2

    network {
      port "http" {
        to = local.port
      }
    }

    service {
      name     = "web"
      port     = "http"
      provider = "nomad"

      check {
        type     = "http"
        path     = "/health"
        interval = "10s"
        timeout  = "2s"
      }
    }

    task "web" {
      driver = "docker"

      config {
        image = "traefik/whoami:${var.tag}"
        args  = ["--port", "${local.port}"]
        ports = ["http"]
      }

      template {
        destination = "local/peers.env"
        env         = true
        data        = <<-EOT
          API_URL=http://{{ range nomadService "api" }}{{ .Address }}:{{ .Port }}{{ end }}/v1
        EOT
      }

      resources {
        cpu    = 200
        memory = 64
      }
    }
  }

  group "api" {
    network {
      port "http" {
        to = 5678
      }
    }

    service {
      name     = "api"
      port     = "http"
      provider = "nomad"
    }

    task "api" {
      driver = "docker"

      config {
        image = "hashicorp/http-echo:1.0.0"
        args  = ["-text=one of three left"]
        ports = ["http"]
      }

      resources {
        cpu    = 100
        memory = 32
      }
    }
  }
}
