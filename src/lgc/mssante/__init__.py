"""MSSanté: mailbox, folders, submission, message, receipts, directory online (mssante-xdm.md).

One transport lives here, API LPS (IMAP and SMTP, §1). The older web services (TM4.x, §1.1) would be
a second implementation of ``services.ports.Mssante`` chosen in ``bootstrap``: their WSDL is not
public, so nothing of them is guessed.
"""
