"""EMR Serverless: applications with AWS's life cycle, and job runs that run spark-submit."""
