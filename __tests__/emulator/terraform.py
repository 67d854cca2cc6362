"""Terraform against the emulator, with the provider from where the project's own tasks find it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from running_emulator import REPOSITORY, RunningEmulator

FIND_MIRROR = """
const { findProviderMirror, mirrorConfiguration } = require('./tools/terraform/provider-mirror.cjs');
const mirror = findProviderMirror();
if (mirror !== undefined) process.stdout.write(mirrorConfiguration(mirror));
"""
FORGET_CHECKSUMS = "require('./tools/terraform/provider-checksums.cjs').forgetChecksums(process.argv[1])"
NOTHING_TO_DO = 0


class Terraform:
    """One configuration in its own folder; skips the test when Terraform cannot get the provider.

    `configuration` is the text of its only file; without it the folder holds its files already.
    """

    def __init__(self, folder: Path, emulator: RunningEmulator, configuration: str | None = None) -> None:
        if shutil.which("terraform") is None:
            pytest.skip("terraform is not on PATH")
        self.folder = folder
        if configuration is not None:
            (folder / "main.tf").write_text(configuration)
        found = _node(FIND_MIRROR)
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "TF_"))},
            "AWS_ENDPOINT_URL": emulator.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "CHECKPOINT_DISABLE": "1",
            "GOGC": "400",
            "TF_IN_AUTOMATION": "1",
        }
        if found:
            (folder / "terraform.tfrc").write_text(found)
            self.environment["TF_CLI_CONFIG_FILE"] = str(folder / "terraform.tfrc")
        init = self._run("init", "-input=false")
        if init.returncode != 0:
            pytest.skip(f"terraform init failed, which here means that the provider cannot be had: {init.stdout}")
        _node(FORGET_CHECKSUMS, str(folder / ".terraform.lock.hcl"))

    def apply(self) -> None:
        self._must("apply", "-auto-approve", "-input=false", "-parallelism=30")

    def destroy(self) -> None:
        self._must("destroy", "-auto-approve", "-input=false", "-parallelism=30")

    def changes(self) -> str:
        """What a plan would change now, as Terraform prints it; empty when nothing."""
        plan = self._run("plan", "-detailed-exitcode", "-input=false")
        return "" if plan.returncode == NOTHING_TO_DO else plan.stdout

    def _must(self, *arguments: str) -> None:
        done = self._run(*arguments)
        assert done.returncode == 0, done.stdout

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["terraform", *arguments, "-no-color"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


def _node(program: str, *arguments: str) -> str:
    """What a program prints that uses the project's own modules."""
    command = ["node", "-e", program, *arguments]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
