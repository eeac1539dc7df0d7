"""Where the time of one approval goes: cProfile over approvals through the real application, in this process.

    python bench/approve_profile.py [--n 200] [--lines 45] [--database postgresql] [--own]

Processor time of the web process only: waiting for the disk or for PostgreSQL does not count.
"""

import argparse
import cProfile
import io
import pstats
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.approve import DATABASES, database_at, product_requests
from tests.durability.coalition import Coalition, assembled
from tests.installation import Installation


def call(letter: Coalition, request: bytes) -> str:
    """Hand one prepared request to the application as a WSGI server does."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, path, _ = first.split(" ")
    headers = dict(line.split(": ", 1) for line in lines)
    environ = {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "localhost",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.version": (1, 0), "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.multithread": True,
        "wsgi.multiprocess": True, "wsgi.run_once": False, "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": headers.pop("Content-Type"),
    }
    environ |= {"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items()}
    told: list[str] = []
    for _ in letter.application(environ, lambda status, headers, error=None: told.append(status)):
        pass
    return told[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--n", type=int, default=200, help="approvals")
    parser.add_argument("--lines", type=int, default=45, help="lines of the profile")
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--own", action="store_true", help="sort by a function's own time, without what it calls")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="profile-") as folder,
        database_at(options.database, Path(folder)) as (url, _),
    ):
        installation = Installation(Path(folder) / "place", database_url=url)
        installation.run("init")
        letter = assembled(installation, options.n + 20)
        requests = product_requests(letter)
        for request in requests[:20]:
            assert call(letter, request).startswith("303")
        profile = cProfile.Profile(time.thread_time)
        answers = profile.runcall(lambda: [call(letter, request) for request in requests[20:]])
        assert all(each.startswith("303") for each in answers)
        assert letter.answers() == len(requests)
    statistics = pstats.Stats(profile)
    print(f"{statistics.total_tt / options.n * 1000:.2f} ms an approval under the profiler")
    statistics.sort_stats("tottime" if options.own else "cumulative").print_stats(options.lines)


if __name__ == "__main__":
    main()
