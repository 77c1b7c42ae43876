"""The encrypted practice store: models, repositories, unit of work, audit, upgrades."""
