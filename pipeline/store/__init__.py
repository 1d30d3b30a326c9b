"""Store: submissions, findings, observations and achievements, for good."""

from pipeline.store.rows import Outcome, Receipt, Submission
from pipeline.store.store import Store

__all__ = ["Outcome", "Receipt", "Store", "Submission"]
