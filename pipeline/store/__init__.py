"""Store: submissions, findings, observations, achievements and messages, for good."""

from pipeline.store.decisions import REGISTER, Approval, Closing, Forgotten, Reopening
from pipeline.store.keys import delivery_key
from pipeline.store.messages import Answered, Attempt, Became, Outgoing, Quarantined, Queued
from pipeline.store.rows import Issue, IssuedRating, Outcome, Receipt, Signature, Submission
from pipeline.store.store import Store

__all__ = ["REGISTER", "Answered", "Approval", "Attempt", "Became", "Closing", "Forgotten",
           "Issue", "IssuedRating", "Outcome", "Outgoing", "Quarantined", "Queued", "Receipt",
           "Reopening", "Signature", "Store", "Submission", "delivery_key"]  # fmt: skip
