"""The CPS card through PKCS#11: reader, session, two keys, TLS with the key on the card."""
