"""« Données administratives »: identity (RNIV), how to reach the patient, médecin traitant."""
