"""The mail servers alone, as a process that a test may kill: FOLDER AUTHORITY OWNERS ADDRESSES.

Prints {"smtp": port, "imap": port} when both listen, then waits for the end of its input.
"""

import json
import os
import sys
from pathlib import Path

from lgc_sandbox import mail
from lgc_sandbox.authority import Authority
from lgc_sandbox.knobs import Knobs

if __name__ == "__main__":
    folder, authority, owners, addresses = sys.argv[1:5]
    servers = mail.start(
        Path(folder),
        Authority.load(Path(authority)),
        Knobs(),
        json.loads(addresses),
        json.loads(owners),
    )
    print(json.dumps({"smtp": servers.smtp_port, "imap": servers.imap_port}), flush=True)
    while os.read(0, 1):  # until who started it is gone
        pass
