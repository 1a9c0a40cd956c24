"""Every number the simulation stands on, with its unit and what it does."""

from dataclasses import dataclass

from lab_kit.errors import LabKitError

DEFAULT_SEED = 20260101


@dataclass(frozen=True)
class ShopParameters:
    """How the simulated shop, its people and its goods behave.

    Effects on choice are added to the log-odds of an item; effects on leaving multiply the hazard.
    The values were written down as plausible for a small online shop, before any model was tried
    on the data, and are not to be tuned to one.
    """

    seed: int = DEFAULT_SEED
    users: int = 3_000
    items: int = 1_200
    months: int = 6
    """Calendar months from 2026-01-01, Asia/Seoul; 4 to 12."""

    # Taste
    dimensions: int = 10
    """Length of the latent vectors of users and items."""
    taste_of_kind: float = 0.9
    """Pull of a person's kind (archetype) on their taste; length of that part of the vector."""
    taste_of_person: float = 0.3
    """Standard deviation, per dimension, of the part that is the person's own."""
    vegetarian_share: float = 0.07
    vegetarian_aversion: float = -4.0
    """Effect of an item that is not vegetarian on a vegetarian."""
    other_wearer: float = -1.6
    """Effect of women's or men's clothing on the other gender, who still buys gifts."""

    # Popularity, per item and week
    popularity_of_category: float = 0.4
    """Standard deviation between level-3 categories."""
    popularity_of_item: float = 0.8
    """Standard deviation between items of a category."""
    drift: float = 0.35
    """Standard deviation of the stationary AR(1) process around an item's popularity."""
    drift_memory: float = 0.9
    """Correlation of the drift with that of the week before."""
    burst_share: float = 0.03
    """Share of items that go viral once in the window."""
    burst: float = 1.5
    """Effect in the week an item goes viral; it halves every week after."""
    in_season: float = 0.8
    out_of_season: float = -1.0
    new_item_share: float = 0.25
    """Share of items that enter the catalogue within the window."""
    novelty: float = 1.0
    """Effect of an item on the day it enters the catalogue."""
    novelty_days: float = 21.0
    """Days after which the effect of novelty has fallen to 1/e."""

    # Prices
    price_sensitivity: float = 0.9
    """Median over users of the effect of one unit of log(price / usual price), sign reversed."""
    price_sensitivity_spread: float = 0.45
    """Standard deviation of its logarithm."""
    income_on_sensitivity: float = -0.5
    """Change of log price sensitivity per unit of log(income / median income)."""
    price_changes: float = 0.5
    """Mean number of lasting price changes of an item in six months."""
    promotions: float = 1.6
    """Mean number of promotions of an item in six months."""

    # What comes next
    same_category: float = 1.6
    """After a view: effect on items of the same level-3 category (people compare)."""
    same_group: float = 0.5
    """After a view or a cart: effect on items of the same level-2 category."""
    had_enough: float = -1.2
    """After a cart: effect on items of the same level-3 category."""
    refill: float = 3.0
    """Effect of a consumable bought before, once its refill time has long passed."""
    just_bought: float = -1.5
    """Effect of an item bought before, right after it was bought; the only one if no consumable."""
    memory: int = 12
    """Number of items bought before that a person remembers."""

    # Visits
    visits_per_month: float = 1.72
    """Mean over users, per 30 days."""
    visits_shape: float = 0.9
    """Shape of the gamma distribution of visit rates: small means few heavy users."""
    buying_visits: float = 0.34
    """Mean share of visits with a purchase in mind; each such visit ends in a purchase."""
    views_browsing: float = 3.6
    views_buying: float = 5.2
    """Mean number of items viewed in a visit; at least one, at most `views_at_most`."""
    views_at_most: int = 20
    cart_browsing: float = 0.07
    cart_buying: float = 0.30
    """Probability that a view of an item of usual price and quality ends in the cart."""
    bought_from_cart: float = 0.8
    """In a buying visit, the share of the cart that is paid for."""
    promotion_on_cart: float = 0.5
    """Effect of a promotion on the log-odds of putting an item into the cart."""
    quality_on_cart: float = 0.35
    """The same, per standard deviation of an item's quality."""
    visits_apart_minutes: int = 120
    """Two visits of a person start at least so far apart."""

    # After the purchase
    rated: float = 0.28
    """Share of purchases that are rated."""
    late: float = 0.04
    """Probability that a delivery is late, on the mainland's conurbations."""
    late_province: float = 0.09
    late_jeju: float = 0.22
    late_holiday: float = 3.0
    """Factor on those around Seollal (10 to 20 February)."""
    rating_late: float = -1.1
    """Effect of a late delivery on the rating."""

    # Leaving: hazard per 30 days, realised at the end of a visit
    leave: float = 0.045
    leave_new: float = 1.9
    """Factor in the first 60 days after signing up."""
    leave_basic: float = 1.5
    """Factor without a paid or earned membership tier."""
    leave_late: float = 2.2
    """Factor for each late delivery of the last 60 days, at most three of them."""
    leave_price: float = 1.3
    """Factor per standard deviation of log price sensitivity."""
    leave_app: float = 0.6
    """Factor for people who mostly use the app."""

    # Lists on the screen
    impressions: float = 0.3
    """Share of views for which the list that was on the screen was logged."""
    impressions_shown: int = 6
    """Items in such a list, the viewed one among them."""

    def __post_init__(self) -> None:
        for name, least, most in (("users", 1, 10**7), ("items", 59, 10**5), ("months", 4, 12)):
            if not least <= getattr(self, name) <= most:
                raise LabKitError(
                    f"A shop cannot have {getattr(self, name):,} {name}",
                    where=name,
                    next_step=f"give a number from {least:,} to {most:,}",
                )
