"""Customers whose churn follows a rule one can see, and a database with models of it."""

import numpy as np
import pyarrow as pa

ROWS = 900


def customers():
    """id, visits, spend, segment, gap (often NULL), churned (few visits, or segment c), size."""
    rng = np.random.default_rng(7)
    visits = rng.integers(0, 20, ROWS)
    segment = rng.choice(["a", "b", "c"], ROWS, p=[0.5, 0.3, 0.2])
    spend = np.round(visits * 3.5 + rng.normal(0, 4, ROWS), 2)
    score = 6 - visits + 4 * (segment == "c") + rng.normal(0, 1.5, ROWS)
    gap = np.where(rng.random(ROWS) < 0.4, np.nan, rng.normal(size=ROWS))
    return pa.table(
        {
            "id": np.arange(ROWS),
            "visits": visits.astype("int32"),
            "spend": spend,
            "segment": segment,
            "gap": pa.array(gap, from_pandas=True),
            "churned": np.where(score > 0, "True.", "False."),
            "size": np.select([visits < 5, visits < 12], ["small", "middle"], "large"),
        }
    )


CHURN = """
CREATE MODEL churn FROM (SELECT visits, spend, segment, gap, churned FROM customers)
TARGET churned FUNCTION predict_churn IAM_ROLE DEFAULT
SETTINGS (S3_BUCKET 'models', S3_GARBAGE_COLLECT OFF)
"""
SPEND = """
CREATE MODEL spend FROM (SELECT visits, segment, spend FROM customers)
TARGET spend FUNCTION predict_spend IAM_ROLE DEFAULT
MODEL_TYPE LINEAR_LEARNER PROBLEM_TYPE REGRESSION OBJECTIVE 'MSE' SETTINGS (S3_BUCKET 'models')
"""
TREES = """
CREATE MODEL trees FROM (SELECT visits, spend, (churned = 'True.')::INT AS gone FROM customers)
TARGET gone FUNCTION predict_gone IAM_ROLE DEFAULT AUTO OFF MODEL_TYPE XGBOOST
OBJECTIVE 'binary:logistic' PREPROCESSORS 'none'
HYPERPARAMETERS DEFAULT EXCEPT (NUM_ROUND '20', MAX_DEPTH '3') SETTINGS (S3_BUCKET 'models')
"""
GROUPS = """
CREATE MODEL groups FROM (SELECT visits, spend FROM customers)
FUNCTION group_of IAM_ROLE DEFAULT AUTO OFF MODEL_TYPE KMEANS PREPROCESSORS
'[{"ColumnSet": ["*"], "Transformers": ["StandardScaler"]}]'
HYPERPARAMETERS DEFAULT EXCEPT (K '3') SETTINGS (S3_BUCKET 'models')
"""
