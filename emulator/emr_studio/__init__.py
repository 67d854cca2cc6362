"""EMR Studio: what AWS checks about studios and keeps of them; emulator.emr serves their operations."""
