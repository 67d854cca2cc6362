"""The local AWS: MiniStack, extended with what the pipelines need and made to fail where AWS fails."""
