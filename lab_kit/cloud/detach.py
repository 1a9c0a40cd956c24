"""Starts a program and ends, so that whoever asked has no child to count, to kill or to wait for.

Runs as a script, without the kit: python -I -S detach.py PROGRAM ARGUMENT...
"""

import os
import subprocess
import sys

if __name__ == "__main__":
    subprocess.Popen(
        sys.argv[1:],
        stdin=subprocess.DEVNULL,
        start_new_session=os.name == "posix",
        creationflags=getattr(subprocess, "DETACHED_PROCESS", 0)
        | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
