"""Names of the DMP's services and of its proprietary messages (dmp.md §2, §4.3 to §4.5)."""

PATIENTS = "patients"
AUTHORISATIONS = "habilitations"
REPOSITORY = "repository"
REGISTRY = "registry"

PATIENTS_SPECIFIC = "patientsSpecific"
PATIENTS_PDQ = "patientsPDQ"

PATIENTS_NAMESPACE = "urn:si-dmp-patients"
PATIENT_LIST = "urn:si-dmp-patients:PatientSpecificEndPoint:patientList"
AUTHORISATIONS_NAMESPACE = "urn:si-dmp-habilitations"
SET_AUTHORISATION = "urn:si-dmp-habilitations:HabilitationsEndPoint:setAuthorization"
LIST_AUTHORISATIONS = "urn:si-dmp-habilitations:HabilitationsEndPoint:listAuthorizationByPatient"
ATTENDING_DOCTOR = "MEDECIN_TRAITANT"
# Compared without case: both DMPOk and DMPOK were seen.
OK = "dmpok"
