"""Small tables whose answers are known."""

import numpy as np
import pandas as pd


def people(rows=600, seed=0):
    """Who leaves: mostly the young on monthly contracts; the truth is in `risk`."""
    random = np.random.default_rng(seed)
    age = random.integers(18, 80, rows)
    contract = random.choice(["monthly", "yearly", "for life"], rows)
    zip_code = random.choice(["01004", "04524", "48058"], rows)
    spend = np.round(random.lognormal(3, 1, rows), 2)
    log_odds = 2.0 * (contract == "monthly") - (age - 45) / 12 - 0.5
    risk = 1 / (1 + np.exp(-log_odds))
    start = pd.Timestamp("2024-01-01")
    frame = pd.DataFrame(
        {
            "customer_id": [f"C{number:04}" for number in range(rows)],
            "age": age,
            "contract": contract,
            "zip_code": zip_code,
            "spend": spend,
            "joined": start + pd.to_timedelta(random.integers(0, 700, rows), "D"),
            "country": "KR",
            "left": random.random(rows) < risk,
        }
    )
    frame.loc[frame.index % 17 == 0, "spend"] = np.nan
    return frame, risk
