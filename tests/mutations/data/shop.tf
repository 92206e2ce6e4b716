variable "tag" {
  type    = string
  default = "1.4.2"
}

variable "postgres" {
  type = object({
    version = string
    storage = optional(number, 20)
  })
  default = { version = "15.4" }
}

locals {
  labels = { app = "web" }
  ports  = { http = 8080 }
}

resource "kubernetes_config_map_v1" "settings" {
  metadata {
    name = "settings"
  }
  data = {
    "settings.ini" = "[web]\ntheme = dark\n"
  }
}

resource "kubernetes_persistent_volume_claim_v1" "data" {
  metadata {
    name = "data"
  }
  spec {
    access_modes       = ["ReadWriteOnce"]
    storage_class_name = "fast"
    resources {
      requests = { storage = "1Gi" }
    }
  }
}

resource "kubernetes_deployment_v1" "web" {
  metadata {
    name = "web"
  }
  spec {
    replicas = 2
    selector {
      match_labels = local.labels
    }
    template {
      metadata {
        labels = local.labels
      }
      spec {
        termination_grace_period_seconds = 20
        container {
          name              = "web"
          image             = "ghcr.io/shop/web:${var.tag}"
          image_pull_policy = "Always"
          command           = ["/bin/web"]
          args              = ["--port", "8080"]
          working_dir       = "/srv"
          env {
            name  = "LOG_LEVEL"
            value = "info"
          }
          env {
            name  = "API_URL"
            value = "http://api:9000/v1"
          }
          env {
            name  = "API_TOKEN"
            value = "t0ps3cret"
          }
          env {
            name  = "DB_HOST"
            value = aws_db_instance.orders.address
          }
          dynamic "port" {
            for_each = local.ports
            content {
              container_port = port.value
              name           = port.key
            }
          }
          liveness_probe {
            http_get {
              path = "/live"
              port = "http"
            }
            period_seconds = 15
          }
          readiness_probe {
            http_get {
              path = "/ready"
              port = 8080
            }
            period_seconds    = 10
            timeout_seconds   = 3
            failure_threshold = 4
          }
          resources {
            requests = {
              cpu    = "250m"
              memory = "128Mi"
            }
            limits = {
              cpu    = "500m"
              memory = "256Mi"
            }
          }
          security_context {
            run_as_user               = 1000
            read_only_root_filesystem = true
            capabilities {
              drop = ["ALL"]
            }
          }
          volume_mount {
            name       = "settings"
            mount_path = "/etc/web/settings.ini"
            sub_path   = "settings.ini"
          }
          volume_mount {
            name       = "data"
            mount_path = "/var/lib/web"
            read_only  = true
          }
          volume_mount {
            name       = "tmp"
            mount_path = "/tmp"
          }
        }
        volume {
          name = "settings"
          config_map {
            name         = kubernetes_config_map_v1.settings.metadata[0].name
            default_mode = "0440"
          }
        }
        volume {
          name = "data"
          persistent_volume_claim {
            claim_name = kubernetes_persistent_volume_claim_v1.data.metadata[0].name
          }
        }
        volume {
          name = "tmp"
          empty_dir {
            medium = "Memory"
          }
        }
      }
    }
  }
}

resource "kubernetes_service_v1" "web" {
  metadata {
    name = "web"
  }
  spec {
    type     = "NodePort"
    selector = local.labels
    port {
      port        = 80
      target_port = "http"
      node_port   = 30080
    }
  }
}

resource "kubernetes_job_v1" "migrate" {
  metadata {
    name = "migrate"
  }
  spec {
    template {
      metadata {}
      spec {
        restart_policy = "Never"
        container {
          name  = "migrate"
          image = "ghcr.io/shop/migrate:1"
        }
      }
    }
  }
}

resource "kubernetes_deployment_v1" "api" {
  metadata {
    name = "api"
  }
  spec {
    selector {
      match_labels = { app = "api" }
    }
    template {
      metadata {
        labels = { app = "api" }
      }
      spec {
        container {
          name  = "api"
          image = "ghcr.io/shop/api:2.0"
          port {
            container_port = 9000
          }
        }
      }
    }
  }
}

resource "kubernetes_service_v1" "api" {
  metadata {
    name = "api"
  }
  spec {
    selector = { app = "api" }
    port {
      port = 9000
    }
  }
}

resource "aws_db_instance" "orders" {
  identifier           = "orders"
  engine               = "postgres"
  engine_version       = var.postgres.version
  instance_class       = "db.t3.micro"
  allocated_storage    = var.postgres.storage
  db_name              = "orders"
  parameter_group_name = aws_db_parameter_group.orders.name
}

resource "aws_db_parameter_group" "orders" {
  name   = "orders"
  family = "postgres15"
  parameter {
    name  = "max_connections"
    value = "100"
  }
}
