variable "tag" {
  type    = string
  default = "1.4.2"
}

resource "docker_image" "cache" {
  name = "redis:7.2"
}

resource "docker_container" "cache" {
  name         = "cache"
  image        = docker_image.cache.image_id
  restart      = "on-failure"
  env          = ["LEVEL=notice", "MODE=one"]
  command      = ["redis-server", "--port", "6379"]
  working_dir  = "/srv"
  user         = "1000"
  read_only    = true
  memory       = 64
  cpus         = "0.5"
  stop_timeout = 20
  ports {
    internal = 6379
    external = 16379
  }
  healthcheck {
    test     = ["CMD", "redis-cli", "ping"]
    interval = "10s"
    retries  = 4
  }
}

resource "aws_ecs_task_definition" "shop" {
  family                   = "shop"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 256
  memory                   = "512"
  container_definitions = jsonencode([{
    name         = "shop"
    image        = "ghcr.io/shop/shop:${var.tag}"
    command      = ["serve", "--threads", "8"]
    environment  = [{ name = "LEVEL", value = "info" }]
    portMappings = [{ containerPort = 8080, hostPort = 8080, name = "http" }]
    healthCheck  = { command = ["CMD-SHELL", "check --fast"], interval = 10 }
    user         = "1001"
    stopTimeout  = 15
  }])
}

resource "aws_ecs_service" "shop" {
  name            = "shop"
  task_definition = aws_ecs_task_definition.shop.arn
  desired_count   = 2
  launch_type     = "FARGATE"
}

resource "google_cloud_run_v2_service" "site" {
  name     = "site"
  location = "europe-west1"
  template {
    scaling {
      min_instance_count = 1
      max_instance_count = 5
    }
    containers {
      image = "ghcr.io/shop/site:2.1"
      args  = ["serve"]
      env {
        name  = "THEME"
        value = "dark"
      }
      ports {
        container_port = 9000
      }
      resources {
        limits = { cpu = "2", memory = "1Gi" }
      }
      liveness_probe {
        period_seconds = 5
        http_get {
          path = "/health"
        }
      }
    }
  }
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  container_app_environment_id = "environment"
  resource_group_name          = "shop"
  revision_mode                = "Single"
  ingress {
    target_port = 3000
    traffic_weight {
      percentage = 100
    }
  }
  template {
    min_replicas = 3
    max_replicas = 3
    container {
      name    = "api"
      image   = "ghcr.io/shop/api:3.0"
      command = ["/api"]
      cpu     = 0.25
      memory  = "0.5Gi"
      env {
        name  = "LEVEL"
        value = "warning"
      }
      readiness_probe {
        transport        = "HTTP"
        port             = 3000
        path             = "/ready"
        interval_seconds = 7
      }
    }
  }
}
