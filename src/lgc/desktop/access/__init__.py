"""Log-in with the CPS card, the lock, the recovery code (cps-ins §1). No PIN is kept or logged."""
