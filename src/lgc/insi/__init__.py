"""INSi téléservice: one module per operation (cps-ins §2.5)."""
