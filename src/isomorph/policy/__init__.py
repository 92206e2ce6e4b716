"""Rules of a team over the model, in CEL: one rule holds on every platform, and points to the value that breaks it."""
