"""CDA R2 as CI-SIS profiles it: render, parse, check, and the PDF for human readers.

What lives here: ``vsm`` and ``n1`` write documents from ``cda_templates``; ``parse`` understands
any received one; ``check`` says what is wrong before sending; ``pdf`` prints; ``kinds`` knows
types, classes and formats. Nothing here touches network, store or screen.
Who may come in: services, and the rooms above. Standards: HL7 CDA R2, CI-SIS structuration
minimale, VSM 2023.01 and CR-BIO 2024.01, IHE PCC and PALM.
"""
