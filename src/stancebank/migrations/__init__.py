"""From one version of the label scheme to the next: a module of pure functions for each step."""
