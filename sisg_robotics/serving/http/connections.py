"""Connections that ask nothing are closed: else whoever opens as many as are allowed locks everybody out.

uvicorn closes one that rests after an answer, but waits for ever for the end of a request's head.
"""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

BEGIN_S = 10.0
"""Seconds that a request may take to begin, its head being complete; up to twice as many are waited."""


class Connection(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """uvicorn's, closed where no request begins. `cycle` is the latest request, None before the first."""

    cycle: Any
    loop: Any
    transport: Any

    def connection_made(self, transport: Any) -> None:
        """Begin to watch."""
        super().connection_made(transport)
        self.loop.call_later(BEGIN_S, self._watch, None)

    def _watch(self, answered: Any) -> None:
        """Close it where the latest request is the one that was answered already at the last look."""
        if self.transport.is_closing():
            return
        rests = self.cycle is None or self.cycle.response_complete
        if rests and self.cycle is answered:
            self.transport.close()
        else:
            known = self.cycle if rests else self  # which is no request
            self.loop.call_later(BEGIN_S, self._watch, known)
