"""Accueil: the day, the news of its patients, what waits to be assigned and sent."""
