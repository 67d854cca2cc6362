"""Lambda: Node functions with AWS's environment, errors, limits and logs."""
