"""`trialwright serve`: until the application exists, the report on a local port."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated

import typer

from trialwright.cli.say import answer, note
from trialwright.errors import UsageError

LOCAL = "127.0.0.1"


PAGES = {"/": "report.html", "/report.html": "report.html", "/report.pdf": "report.pdf"}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"


class _Reports(SimpleHTTPRequestHandler):
    """Serves only the report's own files; the ledger beside it is never handed out."""

    def do_GET(self) -> None:
        page = PAGES.get(self.path.partition("?")[0])
        if page is None:
            self.send_error(404, "Only / and /report.pdf are here")
            return
        self.path = "/" + page
        super().do_GET()

    do_HEAD = do_GET

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a request is not worth a line."""


def serve(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A trial directory.")],
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = LOCAL,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    as_json: Annotated[bool, typer.Option("--json", help="The address as JSON on standard output.")] = False,
) -> None:
    """Show the trial's report on a local port until Ctrl-C."""
    from trialwright.cli.reporting import write

    with take_port(directory, host, port) as server:
        write(directory, directory)
        if as_json:
            answer({"url": _url(server, host)}, "", as_json=True)
        serve_report(server, host)


def take_port(directory: Path, host: str = LOCAL, port: int = 8000) -> ThreadingHTTPServer:
    """The port, ours from now on, before any work is done. Raises UsageError if it cannot be had."""
    try:
        return ThreadingHTTPServer((host, port), partial(_Reports, directory=str(directory)))
    except OSError as error:
        told = f"port {port} on {host} cannot be used ({error.strerror})."
        raise UsageError(f"{told} Choose another with --port, or --port 0 for any that is free.") from None


def serve_report(server: ThreadingHTTPServer, host: str = LOCAL) -> None:
    """Serve the report until Ctrl-C."""
    with server:
        note(f"The report is at {_url(server, host)} (Ctrl-C stops).")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            note("Stopped.")


def _url(server: ThreadingHTTPServer, host: str) -> str:
    return f"http://{host}:{server.server_address[1]}/"
