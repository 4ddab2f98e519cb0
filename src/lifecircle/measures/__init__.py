"""Numbers from travel times, and shapes for the eye."""
