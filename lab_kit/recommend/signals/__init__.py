"""What a blend weighs: numbers of an item for a history, in groups that are computed together."""
