"""Mail: which words go to whom.

Messages are only composed here; sending is the queue's. The same content for the same
recipient always has the same Message-ID, so that it goes out once.
"""

from pipeline.mail.messages.appendix import appendix_messages, recall_messages
from pipeline.mail.messages.digest import digest_messages
from pipeline.mail.messages.message import MailKind, Message, Office, officers_of
from pipeline.mail.messages.register import UnreadableRegister, register_messages
from pipeline.mail.messages.texts import Texts

__all__ = ["MailKind", "Message", "Office", "Texts", "UnreadableRegister", "appendix_messages",
           "digest_messages", "officers_of", "recall_messages", "register_messages"]  # fmt: skip
