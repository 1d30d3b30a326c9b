"""The dead man's switch: an address that is called when a run has ended, so silence is noticed.

Whoever answers there (healthchecks, Uptime Kuma, a page of the council's own) tells a person when
no call came, or one that says that the run failed.
"""

from __future__ import annotations

import threading

from pipeline import __version__
from pipeline.workspace.runs.pace import Tell

#: Seconds that a call may take in all.
_PATIENCE = 10.0


def call(url: str, tell: Tell) -> None:
    """Call an address, once. What goes wrong is logged and is no failure of the run."""
    answer: list[str] = []
    # A server that sends a byte now and then would hold up a call that only waits for each.
    caller = threading.Thread(target=lambda: answer.append(_got(url)), name="switch", daemon=True)
    caller.start()
    caller.join(_PATIENCE)
    if trouble := answer[0] if answer else f"no answer within {_PATIENCE:g} seconds":
        tell("switch not reached", why=trouble)
    else:
        tell("switch reached")


def _got(url: str) -> str:
    """Get an address; what went wrong, empty where nothing did."""
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import HTTPRedirectHandler, Request, build_opener

    class Straight(HTTPRedirectHandler):
        """Goes nowhere else: an address that was set may not lead to one that is not safe."""

        def redirect_request(self, *_: object) -> None:
            return None

    request = Request(url, headers={"User-Agent": f"quarterday/{__version__}"})  # noqa: S310 - IT set it
    try:
        # The settings allow https, and http on this machine.
        with build_opener(Straight).open(request, timeout=_PATIENCE):
            return ""
    except HTTPError as error:
        error.close()
        return f"answered {error.code}"
    except (OSError, HTTPException, ValueError) as error:
        # Not the address itself: who knows it can call it.
        return str(getattr(error, "reason", None) or type(error).__name__)
