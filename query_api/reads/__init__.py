"""Every question that is asked of the read model, one file a subject; all SQL is here."""
