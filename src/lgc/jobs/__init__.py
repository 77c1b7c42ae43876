"""Work that goes on behind the doctor: outbox, lanes, schedule. Plain threads."""
