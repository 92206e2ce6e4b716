"""What a project consists of: definitions by their names, and the environments that they form."""
