"""Store: submissions, findings, observations, achievements and messages, for good."""

from pipeline.store.decisions import REGISTER, Approval, Closing, Forgotten, Reopening, Ruling
from pipeline.store.entered import Entered
from pipeline.store.keys import delivery_key
from pipeline.store.messages import Answered, Attempt, Became, Outgoing, Quarantined, Queued
from pipeline.store.rows import (
    Asked,
    Contents,
    Decision,
    Issue,
    IssuedRating,
    Outcome,
    Signature,
    Submission,
    Suppressed,
)
from pipeline.store.store import Store

__all__ = ["REGISTER", "Answered", "Approval", "Asked", "Attempt", "Became", "Closing", "Contents",
           "Decision", "Entered", "Forgotten", "Issue", "IssuedRating", "Outcome", "Outgoing",
           "Quarantined", "Queued", "Reopening", "Ruling", "Signature", "Store", "Submission",
           "Suppressed", "delivery_key"]  # fmt: skip
