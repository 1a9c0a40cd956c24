"""Metric attribution: what events came of which recommendations, reported every 15 minutes.

`windows` says in the server when a report is due, `reporting` counts in a child process; `imports`
and `bulk` do the same for imports that are to be reported. A report is a CSV file in S3, of single
events too: CloudWatch, where AWS shows those, is not part of the local cloud.

Source: https://docs.aws.amazon.com/personalize/latest/dg/measuring-recommendation-impact.html.
"""
