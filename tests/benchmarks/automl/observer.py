"""The churn risk an ideal observer would give: what no model can be better than, on average.

The true risk of `lab_kit.data.shop` knows each person's own rates, which nobody sees: how often
they come, what share of their visits ends in a purchase, how much prices put them off. The ideal
observer knows how the simulation draws these rates, the moment of every visit before the cut-off,
what was bought, what came late, and the tier; and averages the true risk over the rates that could
have made this history (Bayes). To rank by the probability given all that is known is the best
ranking there is, so its AUC is the most a model can reach with any features of the shop's events.

- Visits are a Poisson process that a person may leave after each visit; its likelihood is exact.
- Rates are drawn from a grid: visits by tier and history, price by its spread, app by app visits.
- The share of purchases has a beta posterior.
Income and the prices of what was viewed say a little about the person's sensitivity to prices and
are left out: who is told the hazard of leaving itself gains about .001.
"""

import numpy as np
from scipy.special import ndtr
from scipy.stats import beta, norm

from lab_kit.data.shop.behaviour import LATE_AT_MOST, LATE_DAYS, NEW_DAYS
from lab_kit.data.shop.calendar import DAY, FIRST_DAY, Window
from lab_kit.data.shop.customers import DAYS, cut_off, cut_off_day
from lab_kit.data.shop.people import MEMBERSHIP_SHARES, MEMBERSHIPS
from lab_kit.data.shop.visits import day_weights

RATES, PRICES, DRAWS = 120, 9, 100
INCOME_SPREAD = 0.5
"""What income adds to the standard deviation of price sensitivity, in units of its own spread."""


class Observer:
    """What is known of the customers of a shop at the cut-off, one entry a customer.

    Args:
        made: A generated shop.
    """

    def __init__(self, made):
        self.parameters = made.parameters
        self.window = Window(made.parameters.months)
        self.today = cut_off_day(self.window)
        self.weights = day_weights(self.window)
        self.elapsed = np.concatenate([[0.0], np.cumsum(self.weights)])
        customers = made.tables["customers"]
        users = made.users.set_index("user_id")
        self.all_years = self._years(self._signup(made.users))
        known = users.loc[customers["user_id"]]
        self.signup = self._signup(known)
        self.tier = np.array([MEMBERSHIPS.index(each) for each in known["membership"]])
        self.age = known["age"].to_numpy()
        self._read_visits(made, customers)

    def _signup(self, users):
        return (users["signup_date"] - FIRST_DAY).dt.days.to_numpy()

    def _years(self, signup):
        return np.clip(-signup, 0, None) / 365.0

    def _read_visits(self, made, customers):
        place = dict(zip(customers["user_id"], range(len(customers)), strict=True))
        now = cut_off(self.window)
        log = made.interactions
        views = log[(log["event_type"] == "View") & log["user_id"].isin(place)]
        visits = views.groupby("session_id").agg(
            user=("user_id", "first"), start=("timestamp", "min"), app=("channel", "first")
        )
        orders = made.tables["orders"].set_index("session_id")["late"]
        visits["late"] = orders.reindex(visits.index)
        visits["bought"] = visits["late"].notna()
        visits = visits[visits["start"] < now].sort_values(["user", "start"])
        user = visits["user"].map(place).to_numpy()
        moment = visits["start"].dt.as_unit("ms").astype("int64").to_numpy()
        day = self.window.day_of(moment)
        late = visits["late"].fillna(False).to_numpy(dtype=bool)
        number = len(customers)
        key = user * 10_000 + day  # so far apart that no day of one person's is near another's
        total = np.concatenate([[0], np.cumsum(late)])
        counted = total[1:] - total[np.searchsorted(key, key - LATE_DAYS)]
        new = day - self.signup[user] < NEW_DAYS
        factor = self._factor(new, np.minimum(counted, LATE_AT_MOST))
        last = np.zeros(number, dtype=np.int64)
        last[user] = np.arange(len(user))
        self.last_factor = factor[last]
        self.factors = np.bincount(user, weights=factor, minlength=number) - self.last_factor
        self.visits = np.bincount(user, minlength=number)
        self.bought = np.bincount(user, weights=visits["bought"], minlength=number)
        self.app = np.bincount(user, weights=visits["app"] == "app", minlength=number)
        at = self._elapsed((moment[last] - self.window.start) / DAY)
        self.observed = at - self._elapsed(np.maximum(self.signup, 0))
        self.silent = self._elapsed(self.today) - at
        self.late_user, self.late_day = user[late], day[late]

    def _elapsed(self, day):
        return np.interp(day, np.arange(len(self.elapsed)), self.elapsed)

    def _factor(self, new, late):
        parameters = self.parameters
        return np.where(new, parameters.leave_new, 1.0) * parameters.leave_late**late

    def _factor_on(self, day):
        recent = self.late_user[day - self.late_day <= LATE_DAYS]
        late = np.minimum(np.bincount(recent, minlength=len(self.visits)), LATE_AT_MOST)
        return self._factor(day - self.signup < NEW_DAYS, late)

    def risk(self, seed=0):
        """(customers,): the probability that no purchase comes in 90 days, by all that is known."""
        random = np.random.default_rng(seed)
        parameters = self.parameters
        rate, hazard = self._drawn(random)
        prior = 6 * parameters.buying_visits, 6 * (1 - parameters.buying_visits)
        left = self.visits - self.bought
        buying = random.beta(
            (prior[0] + self.bought)[:, None], (prior[1] + left)[:, None], rate.shape
        )
        leave = 1 - np.exp(-hazard * self.last_factor[:, None] / rate)
        silence = np.exp(-rate / 30 * self.silent[:, None])
        here = (1 - leave) * silence / ((1 - leave) * silence + leave)
        staying, bought = np.ones(rate.shape), np.zeros(rate.shape)
        for day in range(self.today, self.today + DAYS):
            away = 1 - np.exp(-hazard * self._factor_on(day)[:, None] / rate)
            decisive = buying + (1 - buying) * away
            ends = staying * (1 - np.exp(-rate / 30 * self.weights[day] * decisive))
            bought += ends * buying / decisive
            staying -= ends
        return 1 - (here * bought).mean(axis=1)

    def _drawn(self, random):
        """(customers, DRAWS) each: visits and hazards per 30 days that fit what was seen."""
        parameters = self.parameters
        scale = parameters.visits_per_month / parameters.visits_shape
        many = random.gamma(parameters.visits_shape, scale, 200_000) + 0.15
        rates = np.quantile(many, (np.arange(RATES) + 0.5) / RATES)
        bounds = self._bounds(random, many)
        price = norm.ppf((np.arange(PRICES) + 0.5) / PRICES) * np.hypot(1, INCOME_SPREAD)
        priced = parameters.leave_price ** np.clip(price, -2, 2)
        by_app = np.array([1.0, parameters.leave_app])
        web = self.visits - self.app
        often = beta.sf(0.5, 1.6 + self.app, 1.0 + (self.age / 45.0) ** 2 + web)
        found_rates, found_hazards = (np.empty((len(self.visits), DRAWS)) for _ in range(2))
        steps = (np.arange(DRAWS) + random.random(DRAWS)) / DRAWS
        for one in range(len(self.visits)):
            lasting = parameters.leave * (parameters.leave_basic if self.tier[one] == 0 else 1.0)
            hazards = (lasting * priced[:, None] * by_app).ravel()
            apps = np.tile([1 - often[one], often[one]], PRICES)
            r, h = rates[:, None], hazards[None, :]
            gone = 1 - np.exp(-h * self.last_factor[one] / r)
            silence = np.exp(-r / 30 * self.silent[one])
            tier = self._tier_likelihood(rates, bounds, one)[:, None]
            likely = self.visits[one] * np.log(r) - r / 30 * self.observed[one]
            likely = likely - h / r * self.factors[one] + np.log((1 - gone) * silence + gone)
            likely = likely + np.log(tier + 1e-300) + np.log(apps + 1e-300)
            share = np.cumsum(np.exp(likely - likely.max()).ravel())
            chosen = np.searchsorted(share, steps * share[-1])
            found_rates[one] = rates[chosen // len(hazards)]
            found_hazards[one] = hazards[chosen % len(hazards)]
        return found_rates, found_hazards

    def _bounds(self, random, rates):
        """Between the tiers, on the scale of the score by which people are ranked."""
        years = random.choice(self.all_years, len(rates))
        scores = np.log(rates) + 0.35 * years + random.normal(0, 0.6, len(rates))
        inner = np.quantile(scores, np.cumsum(MEMBERSHIP_SHARES)[:-1])
        return np.concatenate([[-np.inf], inner, [np.inf]])

    def _tier_likelihood(self, rates, bounds, one):
        middle = np.log(rates) + 0.35 * self._years(self.signup[one])
        low, high = bounds[self.tier[one]], bounds[self.tier[one] + 1]
        return ndtr((high - middle) / 0.6) - ndtr((low - middle) / 0.6)
