"""The fonts that travel with the kit, and how they are made (see README.md)."""
