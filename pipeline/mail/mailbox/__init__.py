"""Returns that arrive in a mailbox: their workbooks go to the inbox folder of the sender's area.

A workbook is in the inbox before its message is filed, and no attachment is taken twice. What needs
a person is left, flagged and said once.
"""

from pipeline.mail.mailbox.fetching import Fetched, TakenWorkbook, UntakenMessage, fetch, opened
from pipeline.mail.mailbox.journal import as_mailed, finish

__all__ = ["Fetched", "TakenWorkbook", "UntakenMessage", "as_mailed", "fetch", "finish",
           "opened"]  # fmt: skip
