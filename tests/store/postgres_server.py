"""A PostgreSQL of the tests' own: started in a temporary folder, on a free loopback port, and stopped with the tests.

The roles: `postgres` (the server's), `trialist` (who owns the ledgers), `ward` (the application's), `stranger` (who has
no rights). From a socket each is let in without a password; over TCP each needs its own, its name with `-pw%word`.
"""

import atexit
import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from functools import cache
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg

NEEDED = "PostgreSQL is needed by this test and was not found. `bash scripts/need-packages postgresql` installs it."
OWNER, APP, STRANGER = "trialist", "ward", "stranger"
SETTINGS = ("unix_socket_permissions=0777", "listen_addresses=127.0.0.1", "max_connections=60", "shared_buffers=16MB")


def programs() -> Path:
    """Where initdb and postgres are: on the path, or in Debian's or Homebrew's own folders."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else []
    for root, pattern in (
        ("/usr/lib/postgresql", "*/bin"),
        ("/opt/homebrew/opt", "postgresql*/bin"),
        ("/usr/local/opt", "postgresql*/bin"),
    ):
        places += sorted(Path(root).glob(pattern), reverse=True)
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise FileNotFoundError(NEEDED)


class Server:
    """A running server; `fsync` only where what is tested is what the disk keeps."""

    def __init__(self, *, fsync: bool = False) -> None:
        self.bin = programs()
        self.folder = Path(tempfile.mkdtemp(prefix="trialwright-pg-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.port = free_port()
        self.fsync = fsync
        self.process: subprocess.Popen[bytes] | None = None
        self.numbers = count(1)
        self.user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run("initdb", "-D", str(self.folder / "data"), "-U", "postgres", "--no-sync", "-A", "trust", "-E", "UTF8")
        hba = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        (self.folder / "data" / "pg_hba.conf").write_text(hba)
        atexit.register(self.stop, os.getpid())
        self.start()
        with self.connect("postgres", "postgres") as admin:
            for role in (OWNER, APP, STRANGER):
                admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{role}-pw%word'")
            admin.execute(f"ALTER ROLE {OWNER} CREATEDB")
            admin.execute("CREATE ROLE trialwright_app NOLOGIN")
            admin.execute(f"GRANT trialwright_app TO {APP}")

    def _as_nobody_special(self) -> dict[str, object]:
        """initdb and postgres refuse to run as root."""
        return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}

    def _run(self, program: str, *words: str) -> None:
        with (self.folder / "log").open("ab") as log:
            subprocess.run(
                [self.bin / program, *words],
                check=True,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **self._as_nobody_special(),  # type: ignore[arg-type]
            )

    def start(self) -> None:
        """Start it, and wait until it answers."""
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)
        settings = [*SETTINGS, f"fsync={'on' if self.fsync else 'off'}", f"port={self.port}"]
        words = [word for setting in settings for word in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.bin / "postgres", "-D", self.folder / "data", "-k", self.folder, *words],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                **self._as_nobody_special(),  # type: ignore[arg-type]
            )
        for _ in range(600):
            with contextlib.suppress(psycopg.OperationalError):
                self.connect("postgres", "postgres").close()
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError("PostgreSQL did not start:\n" + (self.folder / "log").read_text()[-2000:])

    def halt(self, *, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT breaks its connections and ends in order, SIGKILL is a machine that died."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait()
            self.process = None

    def kill(self) -> None:
        """kill -9 of the server itself; its children notice, and end."""
        assert self.process is not None
        group = self.process.pid
        self.halt(how=signal.SIGKILL)
        for _ in range(200):  # the next server refuses to start beside the old one's children
            try:
                os.killpg(group, 0)
            except ProcessLookupError:
                return
            time.sleep(0.05)

    def stop(self, maker: int) -> None:
        if os.getpid() == maker:  # not in a child that was forked from the tests
            self.halt()
            shutil.rmtree(self.folder, ignore_errors=True)

    def connect(self, database: str, user: str) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(host=str(self.folder), port=self.port, dbname=database, user=user, autocommit=True)

    def database(self, *, like: str = "template1") -> str:
        """A new database of the owner's: empty, or a copy of one nobody is connected to."""
        name = f"t{next(self.numbers)}"
        with self.connect("postgres", "postgres") as admin:
            admin.execute(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {like}")
        return name

    def url(self, database: str, user: str = APP) -> str:
        """By the socket, without a password."""
        return f"postgresql://{user}@/{database}?host={quote(str(self.folder), safe='')}&port={self.port}"

    def tcp_url(self, database: str, user: str = APP, password: str | None = None) -> str:
        """Over loopback, with the password in the URL."""
        secret = f"{user}-pw%word" if password is None else password
        return f"postgresql://{user}:{quote(secret, safe='')}@127.0.0.1:{self.port}/{database}"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@cache
def the_server() -> Server:
    """The one that the tests of this process share."""
    return Server()
