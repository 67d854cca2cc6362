"""The local AWS: MiniStack with the services and the errors of AWS that the pipelines need."""
