"""Mail: which words go to whom.

Messages are only composed here; sending is the queue's. The same content for the same
recipient always has the same Message-ID, so that it goes out once.
"""

from pipeline.mail.appendix import appendix_messages
from pipeline.mail.areas import (
    Brought,
    correction_message,
    receipt_message,
    reminder_id,
    reminder_message,
)
from pipeline.mail.digest import digest_messages
from pipeline.mail.message import Message, Office
from pipeline.mail.texts import Texts

__all__ = ["Brought", "Message", "Office", "Texts", "appendix_messages", "correction_message",
           "digest_messages", "receipt_message", "reminder_id", "reminder_message"]  # fmt: skip
