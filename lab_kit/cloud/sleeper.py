"""What an idle server turns into: a few lines that wait for the next call.

Runs as a script, without the kit and with as little of Python as there is. It has the server's
process id, its lock and its listening socket; the call that wakes it waits in the socket.

    python -I -S sleeper.py SOCKET PROGRAM ARGUMENT...
"""

import os
import select
import sys

if __name__ == "__main__":
    select.select([int(sys.argv[1])], [], [])
    os.execv(sys.argv[2], sys.argv[2:])
