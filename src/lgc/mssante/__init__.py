"""MSSanté: mailbox, submission, message, directory (mssante-xdm.md)."""
