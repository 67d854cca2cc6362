"""Spark as EMR and EMR Serverless run it here: one JVM on this machine, with S3A on the emulator."""
