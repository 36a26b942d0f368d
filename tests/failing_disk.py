"""A file system of which some call fails, or in the midst of which the process is killed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


class Faults:
    """Lets the n-th call of the file system's changing functions fail; as a kill, also all later ones."""

    NAMES = ("replace", "fsync", "link", "unlink")

    class Killed(BaseException):
        pass

    def __init__(self, patch, at, kill):
        self.calls, self.at, self.kill = 0, at, kill
        for name in self.NAMES:
            patch.setattr(os, name, self.wrap(getattr(os, name)))
        patch.setattr(Path, "unlink", self.wrap(Path.unlink))
        patch.setattr(shutil, "rmtree", self.wrap(shutil.rmtree))

    def wrap(self, function):
        def call(*args, **options):
            self.calls += 1
            if self.kill and self.calls >= self.at:
                raise self.Killed
            if self.calls == self.at and not options.get("ignore_errors"):
                raise OSError(28, "No space left on device")
            return function(*args, **options)

        return call


def no_links(*args, **options):
    raise OSError(95, "Operation not supported")
