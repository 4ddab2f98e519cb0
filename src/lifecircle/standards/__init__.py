"""What the Chinese standards call things and what they require, as tables of facts."""
