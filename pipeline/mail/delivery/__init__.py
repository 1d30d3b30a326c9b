"""Delivery: messages are put into the queue once, and each is delivered once or reported.

It knows nothing of what messages say.
"""

from pipeline.mail.delivery.by_hand import lying_by_hand
from pipeline.mail.delivery.deliver import Round, deliver
from pipeline.mail.delivery.queue import again, drop, hold, outgoing
from pipeline.mail.delivery.status import MailStatus, described, known_at, mail_status, remedy

__all__ = ["MailStatus", "Round", "again", "deliver", "described", "drop", "hold", "known_at",
           "lying_by_hand", "mail_status", "outgoing", "remedy"]  # fmt: skip
