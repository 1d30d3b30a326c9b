"""Backup: everything that cannot be made again in one file, made while the job runs, and back."""

from pipeline.operations.backup.making import Backup, back_up
from pipeline.operations.backup.restoring import Restored, restore

__all__ = ["Backup", "Restored", "back_up", "restore"]
