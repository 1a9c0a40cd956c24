"""Metric attribution: what events came of which recommendations, reported every 15 minutes.

`windows` says in the server when a report is due, `reporting` counts in a child process. The report
is a CSV file in S3; CloudWatch, where AWS shows the same figures, is not part of the local cloud.

Source: https://docs.aws.amazon.com/personalize/latest/dg/measuring-recommendation-impact.html.
"""
