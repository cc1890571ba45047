"""Who has the live page open, and what they are served with."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import Request

from bhab.app.engine import Client, Engine
from bhab.app.requests import Json, RefusedError


@dataclass(slots=True)
class House:
    """The engine and its clients."""

    engine: Engine
    about: Json  # told to a client that starts
    keep_root: Path  # where faces go that are given away
    clock: Callable[[], float] = time.monotonic
    clients: dict[str, Client] = field(default_factory=dict)

    def enter(self) -> str:
        """Return the key of a new client; who was idle for long makes room. Raises RefusedError if there is none."""
        live, now = self.engine.eyes.live, self.clock()
        self.clients = {key: client for key, client in self.clients.items() if now - client.at_s <= live.idle_s}
        if len(self.clients) >= live.max_clients:
            raise RefusedError(503, f"{len(self.clients)} pages are open, expected fewer than {live.max_clients}")
        key = secrets.token_urlsafe(16)
        self.clients[key] = Client(now)
        return key

    def client(self, request: Request) -> Client:
        """Return who asks. Raises RefusedError for who has not agreed, or is forgotten."""
        client = self.clients.get(request.headers.get("x-client", ""))
        if client is None:
            raise RefusedError(401, "this page is not known here, or was idle for too long; start again")
        client.at_s = self.clock()
        return client

    def leave(self, request: Request) -> None:
        """Forget who asks, and all that is known of them."""
        self.client(request)
        del self.clients[request.headers["x-client"]]
