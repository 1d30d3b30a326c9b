"""Post: messages are put into the queue of the store once, and each is delivered once or reported.

It knows nothing of what messages say.
"""

from pipeline.mail.delivery.deliver import Round, deliver
from pipeline.mail.delivery.queue import again, drop, hold, outgoing, preview
from pipeline.mail.delivery.status import Standing, known_at, remedy, standing, told

__all__ = ["Round", "Standing", "again", "deliver", "drop", "hold", "known_at", "outgoing",
           "preview", "remedy", "standing", "told"]  # fmt: skip
