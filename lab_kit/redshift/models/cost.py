"""What training on AWS would cost, from the dated file of prices.

Source: https://aws.amazon.com/redshift/pricing/ (Amazon Redshift ML): CREATE MODEL is paid by the
cells of the training data, rows x columns, at most MAX_CELLS of them; the more, the less for each.
"""

from lab_kit.aws.prices import Price, price_of, prices
from lab_kit.paths import home_folder

TIERS = (
    (10_000_000, "CREATE MODEL, million cells, first 10 million"),
    (90_000_000, "CREATE MODEL, million cells, next 90 million"),
    (float("inf"), "CREATE MODEL, million cells, above 100 million"),
)


def training_cost(cells: int) -> tuple[float | None, Price]:
    """The price of a training in US dollars, None where it is not known, and where it is from.

    Args:
        cells: Of the training data, after rows were drawn.
    """
    known = prices(home_folder())
    left, total = float(cells), 0.0
    first = price_of(known, "redshift", TIERS[0][1])
    for size, unit in TIERS:
        price = price_of(known, "redshift", unit)
        if price.usd is None:
            return None, price
        part = min(left, size)
        total += part / 1e6 * price.usd
        left -= part
    return total, first
