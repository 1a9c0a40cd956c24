"""Batch jobs: lines of JSON from S3, answered by a trained model, back to S3.

`lines` reads and writes the files; `inference` recommends and ranks, `themes` names what the
recommended have in common, `segments` finds users.
"""
