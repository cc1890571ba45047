"""What every request has to pass: it comes from this page, its body is no larger than it may be, and JSON is JSON."""

import json
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.responses import JSONResponse

Json = dict[str, object]

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob:; media-src 'self' blob:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
MAX_JSON = 8192  # bytes
DRAINED = 1 << 30  # bytes read and thrown away of a body that is too large, so that its sender hears the answer


class RefusedError(Exception):
    """A request that is not answered: a status of HTTP and one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


async def only_from_here(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    """Return the answer to a request of this page, with HEADERS; another page's request is refused."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        return JSONResponse({"error": f"origin {origin:.80}, expected this page's own"}, 403)
    response = await answer(request)
    response.headers.update(HEADERS)
    return response


async def refuse(_: Request, error: Exception) -> Response:
    """Return an expected failure as one sentence."""
    return JSONResponse({"error": str(error)}, error.status if isinstance(error, RefusedError) else 422)


async def json_of(request: Request) -> Json:
    """Return the body, a JSON object. Raises RefusedError for any other."""
    try:
        found = json.loads(await body_of(request, MAX_JSON))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise RefusedError(400, "the body is not a JSON object, expected one")
    return found


async def body_of(request: Request, most: int) -> bytes:
    """Return the body. Raises RefusedError for one of more than `most` bytes, of which no more is ever in memory."""
    content, seen = bytearray(), 0
    announced = request.headers.get("content-length", "")
    too_large = announced.isdecimal() and int(announced) > most
    async for chunk in request.stream():
        seen += len(chunk)
        too_large = too_large or seen > most
        if seen > DRAINED:
            break
        if too_large:
            content.clear()
        else:
            content += chunk
    if too_large:
        raise RefusedError(413, f"{int(announced or seen):,} bytes, expected at most {most:,}")
    return bytes(content)
