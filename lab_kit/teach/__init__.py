"""What a learner meets in a lab: checks, hints, predictions, quiz, progress, checkpoints."""
