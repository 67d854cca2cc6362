"""Lake Formation as the covid stack uses it: registered locations, and permissions on them and on tables of Glue.

Permissions are kept and given back as AWS does; nobody asks for them here when data is read.
"""

from emulator.lake_formation.api import install

__all__ = ["install"]
