"""VIHF: the SAML 2.0 assertion of the DMP, in its WS-Security header (dmp.md §3)."""
