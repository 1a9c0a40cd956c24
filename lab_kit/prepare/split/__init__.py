"""Divide interactions into a part to learn from and a part to test on, and look for leaks."""

from lab_kit.prepare.split.leakage import Finding, LeakageReport, check_leakage
from lab_kit.prepare.split.parts import Split
from lab_kit.prepare.split.ways import by_time, by_user, random

__all__ = ["Finding", "LeakageReport", "Split", "by_time", "by_user", "check_leakage", "random"]
