"""Store: submissions, findings, observations and achievements, for good."""

from pipeline.store.decisions import REGISTER, Approval, Closing, Forgotten, Reopening
from pipeline.store.keys import delivery_key
from pipeline.store.rows import Issue, IssuedRating, Outcome, Receipt, Signature, Submission
from pipeline.store.store import Store

__all__ = ["REGISTER", "Approval", "Closing", "Forgotten", "Issue", "IssuedRating", "Outcome",
           "Receipt", "Reopening", "Signature", "Store", "Submission", "delivery_key"]  # fmt: skip
