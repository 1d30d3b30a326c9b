"""Replay: the store made again from the archive, and compared with the one that there is."""

from pipeline.operations.replay.job import Replayed, replace_store, replay

__all__ = ["Replayed", "replace_store", "replay"]
