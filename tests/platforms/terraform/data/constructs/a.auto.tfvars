automatic = "second"
