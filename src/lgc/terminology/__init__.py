"""Value sets (JDV), code systems and nomenclatures that the application uses."""
