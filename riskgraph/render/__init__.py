"""Words: results in, text out. Nothing is computed here."""
