"""Debian's dovecot, run in the foreground from a folder of its own: any user may sign in, the password is "secret"."""

import getpass
import grp
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imapclient import IMAPClient

from tests.interleaving import wait_until

PROGRAM = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
NOBODY = (65534, 65534)
CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
log_path = {folder}/log
mail_location = maildir:{folder}/mail/%u
ssl = no
disable_plaintext_auth = no
first_valid_uid = 0
first_valid_gid = 0
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
"""
# As root it works as users of its own; as anybody else it can only be that user.
ALONE = """
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
"""


class Dovecot:
    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        (folder / "mail").mkdir()
        uid, gid = os.getuid(), os.getgid()
        if not uid:  # it opens no mail as root
            uid, gid = NOBODY
            os.chown(folder / "mail", uid, gid)
        text = CONFIG.format(folder=folder, port=self.port, uid=uid, gid=gid)
        if os.getuid():
            text += ALONE.format(user=getpass.getuser(), group=grp.getgrgid(gid).gr_name)
        (folder / "dovecot.conf").write_text(text)
        self.start()

    def start(self) -> None:
        assert PROGRAM
        self.process = subprocess.Popen([PROGRAM, "-F", "-c", self.folder / "dovecot.conf"])
        wait_until(self.answers)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)

    def answers(self) -> bool:
        try:
            with self.client():
                return True
        except OSError:
            return False

    def client(self, user: str = "help") -> IMAPClient:
        client = IMAPClient("127.0.0.1", self.port, ssl=False, timeout=20)
        client.login(user, "secret")
        client.select_folder("INBOX")
        return client

    def number_anew(self, user: str = "help") -> None:
        """As after a restore or a move of the mailbox: the same mails under other numbers."""
        for file in (self.folder / "mail" / user).glob("dovecot*"):
            file.unlink()


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    folder = Path(tempfile.mkdtemp(prefix="dovecot"))
    folder.chmod(0o755)  # its own users go through it
    server = Dovecot(folder)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)
