"""The patient's record on screen: home, life line, documents, one document."""
