"""The encrypted practice store: models, repositories, unit of work, audit, upgrades, vault.

Who may come in: ``bootstrap``, through ``vault.Vault``; everybody else through
``services.ports``. What is SQLite's and SQLCipher's own stays in ``engine`` (components.md §2).
"""
