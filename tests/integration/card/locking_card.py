"""What a card that really locks does, told as JSON: run inside a private mount namespace.

``locking_card.py WORK_FOLDER MODULE``: writes a card on the opencryptoki token, uses it over TLS
1.2 and 1.3, spends its three tries, unblocks it, and prints every state on the way.
"""

import importlib.util
import json
import socket
import ssl
import sys
import threading
from pathlib import Path

import pkcs11

from lgc.card.reader import Pkcs11Reader
from lgc.domain.card import LastTry, WrongPin

PIN, SO_PIN = "1234", "11111111"


def maker():
    """The helpers that write a card, from the conftest beside this file."""
    file = Path(__file__).with_name("conftest.py")
    spec = importlib.util.spec_from_file_location("card_maker", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(folder, module):
    made = maker()
    authority = made.Authority()
    trust = folder / "trust.pem"
    trust.write_bytes(authority.certificate.public_bytes(made.Encoding.PEM))
    library = pkcs11.lib(str(module))
    with token(library).open(user_pin=PIN, rw=True) as session:
        made.write_pairs(session, authority)
        made.write_data(session)
    library.reinitialize()
    told = {"tls": [speak(folder, module, trust, authority, made, v) for v in ("1.2", "1.2+1.3")]}
    told |= spend(Pkcs11Reader(module, trust))
    library.reinitialize()
    with token(library).open(so_pin=SO_PIN, rw=True) as officer:
        officer.init_pin("4321")
    library.reinitialize()
    reader = Pkcs11Reader(module, trust)
    told["unblocked"] = reader.observe().tries_left
    told["opened"] = reader.open("4321").holder.family_name
    print(json.dumps(told))


def token(library):
    return next(t for t in library.get_tokens() if t.label.strip() == "CPSOCK")


def spend(reader):
    """Three wrong PINs: what is left after each, and what the right one gets afterwards."""
    left = []
    for number in range(3):
        if number == 2:
            try:
                reader.open("0000")
            except LastTry:
                left.append("confirm")
        try:
            reader.open("0000", last_try_confirmed=True)
        except WrongPin as refused:
            left.append(refused.tries_left)
    try:
        reader.open(PIN, last_try_confirmed=True)
    except WrongPin as refused:
        left.append(refused.sentence)
    return {"left": left, "blocked": reader.observe().blocked}


def speak(folder, module, trust, authority, made, versions):
    """One mutual handshake; returns the version the server saw."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_files = certificate(folder, authority, made)
    context.load_cert_chain(*server_files)
    context.load_verify_locations(trust)
    context.verify_mode = ssl.CERT_REQUIRED
    listening = socket.create_server(("127.0.0.1", 0))

    def serve():
        plain, _ = listening.accept()
        with context.wrap_socket(plain, server_side=True) as secure:
            secure.sendall(b"bonjour")

    threading.Thread(target=serve, daemon=True).start()
    reader = Pkcs11Reader(module, trust, versions)
    session = reader.open(PIN)
    try:
        with (
            socket.create_connection(listening.getsockname(), timeout=10) as plain,
            session.client_context().wrap_socket(plain, server_hostname="localhost") as secure,
        ):
            return [secure.recv(20).decode(), secure.version()]
    finally:
        reader.close()
        listening.close()


def certificate(folder, authority, made):
    chain, key_file = folder / "server.pem", folder / "server.key"
    key = made.rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = made.x509.Name([made.x509.NameAttribute(made.NameOID.COMMON_NAME, "localhost")])
    alternative = made.x509.SubjectAlternativeName([made.x509.DNSName("localhost")])
    issued = authority.issue(name, key.public_key(), [(alternative, False)])
    chain.write_bytes(issued.public_bytes(made.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            made.Encoding.PEM,
            made.serialization.PrivateFormat.PKCS8,
            made.serialization.NoEncryption(),
        )
    )
    return chain, key_file


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
