"""Value sets (JDV), code systems and units that the application uses.

What lives here: ``value_sets`` reads ``resources/terminology``; ``code_systems`` names OIDs;
``ucum`` says units in French. Who may come in: everybody above; it knows only the domain.
"""
