"""Spark jobs of EMR and EMR Serverless: one local JVM with S3A on the emulator."""
