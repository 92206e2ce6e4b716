"""Speed and memory, measured as whole processes and told as ratios against a peer in the same run."""
