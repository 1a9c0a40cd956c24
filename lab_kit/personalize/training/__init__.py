"""From datasets to models: what each recipe trains, on which events, and how good it is.

`recipes` maps every recipe to a model of `lab_kit.recommend`; `data` reads what it learns from;
`fitting` is the work of a child process; `metrics` measures the result as Amazon Personalize does;
`trained` is a model on disk; `jobs` and `schedule` are the server's side of it.
"""
