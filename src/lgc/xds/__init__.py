"""IHE XDS.b and XDM: metadata, ITI-18, ITI-41, ITI-43, the submission signature, archives."""
