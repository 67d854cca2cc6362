"""EMR Studio: studios, their tags, and what AWS checks about them."""

from emulator.emr_studio.api import install

__all__ = ["install"]
