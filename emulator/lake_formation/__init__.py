"""Lake Formation: registered locations, permissions on them and on tables of Glue, and who administers the data lake.

Permissions are kept and given back as AWS does; nobody asks for them here when data is read.
"""

from emulator.lake_formation.api import install

__all__ = ["install"]
