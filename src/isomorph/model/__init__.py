"""What a workload is, free of any platform."""
