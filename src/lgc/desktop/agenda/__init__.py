"""The agenda: day, week, month; drawn by hand, moved by mouse or keyboard."""
