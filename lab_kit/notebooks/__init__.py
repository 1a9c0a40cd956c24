"""From `labs/source` to notebooks that learners open, and to the proof that they work.

`build` generates, `lint` refuses, `run` executes and reports.
"""
