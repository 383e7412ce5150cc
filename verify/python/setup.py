# SPDX-License-Identifier: MIT
"""What pyproject.toml cannot say: a wheel that carries the program `evident` (`make wheel`) is for
one kind of machine, and has the command `evident`."""
import os
import platform

from setuptools import setup

try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:  # before setuptools 70.1
    from wheel.bdist_wheel import bdist_wheel


class PlatformWheel(bdist_wheel):
    """Any Python 3 on machines with at least the C library that the program was built with."""

    def finalize_options(self):
        super().finalize_options()
        self.root_is_pure = False

    def get_tag(self):
        version = os.confstr("CS_GNU_LIBC_VERSION").split()[1].replace(".", "_")
        return "py3", "none", f"manylinux_{version}_{platform.machine()}"


if os.path.exists("evident_snn/bin/evident"):
    setup(cmdclass={"bdist_wheel": PlatformWheel}, scripts=["scripts/evident"])
else:
    setup()
