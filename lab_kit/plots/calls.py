"""What it brings to call the customers at risk, the riskiest first."""

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import BLUE, INK, MUTED, ORANGE, themed


@themed
def calls_worth(
    risk: pd.Series, left: pd.Series, *, cost: float, saves: float, worth: float
) -> Picture:
    """Draw what is gained by calling more and more customers, the riskiest first.

    Args:
        risk: What the model says of each customer, from 0 to 1.
        left: Whether the customer did leave.
        cost: Of one call.
        saves: Share of those who would leave that a call keeps.
        worth: Of a customer who is kept.

    Raises:
        LabKitError: There are no customers.
    """
    if not len(risk):
        raise LabKitError("There are no customers", where="risk", next_step="predict some first")
    order = np.argsort(-risk.to_numpy(dtype=float), kind="stable")
    kept = np.cumsum(left.to_numpy(dtype=float)[order]) * saves * worth
    calls = np.arange(1, len(order) + 1)
    gain = kept - calls * cost
    anybody = calls * (left.astype(float).mean() * saves * worth - cost)
    best = int(gain.argmax())
    number = best + 1 if gain[best] > 0 else 0
    most = max(float(gain[best]), 0.0)
    finding = f"Calling the {number:,} riskiest brings {most:,.0f}" if number else "No call pays"
    figure = new_sheet(
        finding,
        f"a call costs {cost:,.0f}; it keeps {saves:.0%} of those who would leave, each worth "
        f"{worth:,.0f}",
        height=3.2,
    )
    axes = figure.add_subplot()
    axes.plot(calls, gain, color=BLUE)
    axes.plot(calls, anybody, color=MUTED, linestyle="--")
    axes.annotate("riskiest first", (calls[-1] * 0.62, np.interp(calls[-1] * 0.62, calls, gain)),
                  xytext=(0, 8), textcoords="offset points", color=BLUE)  # fmt: skip
    axes.annotate("anybody", (calls[-1] * 0.55, np.interp(calls[-1] * 0.55, calls, anybody)),
                  xytext=(0, 10), textcoords="offset points", color=MUTED)  # fmt: skip
    if number:
        axes.plot(number, most, "o", color=ORANGE)
        axes.axvline(number, color=ORANGE, linewidth=0.8)
    axes.axhline(0, color=INK, linewidth=0.6)
    axes.set_xlabel("customers called")
    axes.set_ylabel("gained")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    return Picture(
        figure,
        f"{finding}. Calling all {len(order):,} would bring {gain[-1]:,.0f}. A line that rises "
        "first and falls later, against a straight one for calling anybody.",
    )
