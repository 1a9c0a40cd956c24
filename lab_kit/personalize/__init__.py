"""Amazon Personalize: its names, states, conflicts and limits, over boto3.

`types` says what resources there are, `control` creates, describes, lists and deletes all of them
by one rule, and a module for each family adds what is its own. What takes long runs as a job
(`lifecycle`, `work`). No algorithm is here.
"""
