"""Who a published name means: ways of measuring likeness against names that people have decided."""
