"""The row ledger: how many rows came in, changed and left at each step, and why."""
