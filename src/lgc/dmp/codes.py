"""Names of the DMP's services and of its proprietary messages (dmp.md §2, §4.3)."""

PATIENTS = "patients"
AUTHORISATIONS = "habilitations"
REPOSITORY = "repository"
REGISTRY = "registry"

AUTHORISATIONS_NAMESPACE = "urn:si-dmp-habilitations"
SET_AUTHORISATION = "urn:si-dmp-habilitations:HabilitationsEndPoint:setAuthorization"
# Compared without case: both DMPOk and DMPOK were seen.
OK = "dmpok"
