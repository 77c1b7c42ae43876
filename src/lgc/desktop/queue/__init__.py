"""« File d’envoi »: every share, its two deliveries with their steps, and one action each."""
