"""`python -m contactcenter.embedded NAME FOLDER`: how sharing.py starts a keeper."""

import sys
from pathlib import Path

from contactcenter.embedded import SERVERS
from contactcenter.embedded.keeper import main

main(SERVERS[sys.argv[1]](Path(sys.argv[2])))
