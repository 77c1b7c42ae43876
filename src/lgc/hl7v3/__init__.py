"""HL7 V3 interactions by identifier (prpa_in201307…), as the DMP uses them."""
