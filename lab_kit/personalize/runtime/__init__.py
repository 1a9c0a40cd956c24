"""What Personalize answers in real time: recommendations, rankings, actions.

`service` reads requests and refuses; `deployed` says which model answers for a campaign or a
recommender; `kept` holds the models that were asked lately; `live` is a model that has heard of
every event until now, `group` the data its filters look at; `ranked`, `promotions` and
`exploration` make a list of scores.

What loads NumPy and pandas is imported when the first answer is wanted, so that a local cloud that
trains and answers nothing stays small.
"""
