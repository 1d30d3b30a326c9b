"""A module that no worker of the sandbox imports, because of its name, as none does in a run.

What the workers hold is what reading needs then, and not what measuring does.
"""

from __future__ import annotations

import sys

from benchmarks.returns import compare, measure

compare([measure(int(word)) for word in sys.argv[1:] or ("100", "1000")])
