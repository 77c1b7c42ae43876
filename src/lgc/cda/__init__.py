"""CDA R2 as CI-SIS profiles it: render, parse, check, and the PDF for human readers.

What lives here: ``documents`` writes every kind (``contents`` is what each says, ``vsm`` and ``n1``
have theirs) from ``cda_templates``; ``parse`` understands any received one and ``showable`` makes
its body fit for a screen; ``check`` says what is wrong, where, and what to do; ``pdf`` prints;
``kinds`` knows types, classes and formats. Nothing here touches network, store or screen.
Who may come in: services, and the rooms above. Standards: HL7 CDA R2, CI-SIS structuration
minimale, VSM 2023.01, CR-BIO 2024.01, eP-MED-DM 2024.01, LDL-EES 2022.01, VAC-NOTE 2023.01, IHE
PCC, PHARM and PALM.
"""
