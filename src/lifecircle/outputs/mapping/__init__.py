"""Maps: what each layer of a page shows, packed for the scripts in ``templates``."""
