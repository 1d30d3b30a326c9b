"""What a return must be: the rows that are checked, and every check on them.

`ROWS` has a row for each indicator of a return, `COVERS` one for each return.
"""

from schemas.returns.asked import ASKED_BESIDE
from schemas.returns.covers import COVERS
from schemas.returns.rows import ROWS

__all__ = ["ASKED_BESIDE", "COVERS", "ROWS"]
