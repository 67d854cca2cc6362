"""Licences of the Python packages: docs/licences.md."""

import re
from importlib import metadata
from pathlib import Path

REQUIREMENTS = Path(__file__).parents[2] / "requirements.txt"


def licence_of(name: str) -> str:
    about = metadata.metadata(name)
    named = [*(about.get_all("License-Expression") or []), *(about.get_all("License") or [])]
    classifiers = [line for line in about.get_all("Classifier") or [] if line.startswith("License")]
    # The field License can contain the text of a licence, which mentions other licences.
    return " ".join(line.split("\n")[0] for line in [*named, *classifiers])


def test_no_python_package_has_a_gpl_licence() -> None:
    installed = {found.metadata["Name"].lower().replace("_", "-") for found in metadata.distributions()}
    required = set(re.findall(r"^([a-z0-9._-]+)(?:\[.*\])?==", REQUIREMENTS.read_text(), re.MULTILINE))
    licences = {name: licence_of(name) for name in required & installed}
    assert len(licences) > len(required) / 2
    assert all(licences.values())
    assert [name for name, licence in licences.items() if re.search("GPL|General Public", licence)] == []
