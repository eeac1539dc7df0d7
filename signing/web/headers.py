"""What every answer carries and every request is held to: host, origin, size, policy (FAULTS "Headers", S3, S11)."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from werkzeug.exceptions import Forbidden, MisdirectedRequest

BODY = 2 * 1024 * 1024
# A sheet of five million bytes, held in a page as base64, and the form around it.
IMPORT_BODY = 7 * 1024 * 1024
# `data:` is the icon of the tab, which stands in the page's own head.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# Pages that carry our scripts, and no others.
SCRIPTED_POLICY = f"{POLICY}; script-src 'self'; connect-src 'self'"
# The page that shows a mail beside its words, and the mail in it: with its own styles and nothing else, in a place of
# its own that can run, send and open nothing.
FRAMING_POLICY = f"{POLICY}; frame-src 'self'"
FRAMED_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox"
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), "
        "publickey-credentials-create=(self), publickey-credentials-get=(self)"
    ),
    "X-Robots-Tag": "noindex",
}
DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def own_host(base_url: str) -> str:
    """The `Host` header a browser sends for `base_url`."""
    return _without_default_port(urlsplit(base_url).netloc.lower(), urlsplit(base_url).scheme)


def guard_requests(app: Flask, base_url: str) -> None:
    """Refuse foreign hosts and cross-site posts before anything else looks at the request."""
    parts = urlsplit(base_url)
    host, origin = own_host(base_url), f"{parts.scheme}://{own_host(base_url)}"

    @app.before_request
    def held_to_our_address() -> None:
        if _without_default_port(request.host.lower(), parts.scheme) != host:
            raise MisdirectedRequest()
        if request.endpoint in app.config["IMPORT_ENDPOINTS"]:
            request.max_content_length = IMPORT_BODY
            request.max_form_memory_size = IMPORT_BODY

    @app.before_request
    def posted_from_our_pages() -> None:
        if request.method in ("GET", "HEAD"):
            return
        site = request.headers.get("Sec-Fetch-Site")
        # Our own pages post with `Origin: null`, because they send no referrer.
        if site not in (None, "same-origin") or request.headers.get("Origin", origin) not in (origin, "null"):
            raise Forbidden("cross-site")


def set_headers(app: Flask, *, https: bool) -> None:
    """Put the policy on every answer; a page is not kept by caches unless it said it may be."""

    @app.after_request
    def with_policy(response: Response) -> Response:
        for name, value in ALWAYS.items():
            response.headers[name] = value
        response.headers["Content-Security-Policy"] = _policy()
        if g.get("framed"):
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
        if https:
            response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response


def _policy() -> str:
    if g.get("framed"):
        return FRAMED_POLICY
    if g.get("framing"):
        return FRAMING_POLICY
    return SCRIPTED_POLICY if g.get("scripted") else POLICY


def _without_default_port(host: str, scheme: str) -> str:
    return host.removesuffix(DEFAULT_PORTS.get(scheme, ""))
