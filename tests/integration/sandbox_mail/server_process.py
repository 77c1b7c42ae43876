"""The mail servers alone, as a process that a test may kill: FOLDER AUTHORITY OWNERS ADDRESSES.

Prints {"smtp": port, "imap": port} when both listen, then waits for its end.
"""

import json
import sys
import threading
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
    threading.Event().wait()
