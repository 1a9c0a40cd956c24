"""What AWS cannot show: why an item was recommended, and what else is inside a trained model.

    from lab_kit.personalize import inspect

    inside = inspect(campaign_arn)
    inside.why("U0001", "I0042")
    inside.removed("U0001", filter_arn)
    inside.metrics()

`inspection` answers for a campaign, a recommender or a solution version, with the code that answers
requests; `reasons` are why an item stands where it does, `cuts` what a filter removed.
"""
