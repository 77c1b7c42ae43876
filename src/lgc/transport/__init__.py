"""SOAP, MTOM and mail connections: bytes and time limits, nothing medical."""
