"""The same walk for every unit: in one process, in several, or on a cluster."""
