"""The parts every screen is made of. Each has its accessible name and shows its focus."""
