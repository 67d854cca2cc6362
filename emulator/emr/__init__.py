"""EMR on EC2: clusters with AWS's life cycle and launch checks, and steps that run spark-submit."""
