"""Runs every bench; `--largest N` bounds the imports, `--only imports|jobs` picks one."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Iterator

from bench import imports, jobs
