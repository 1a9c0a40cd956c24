"""What people do on their visits: view, put into the cart, buy, and at last stay away.

People are simulated in blocks, each with random numbers of its own, so that memory does not grow
with their number beyond the result. Within a block one step of everybody is drawn at a time.
"""

from dataclasses import dataclass, fields

import numpy as np

from lab_kit.data.shop import choice
from lab_kit.data.shop.calendar import DAY, Window
from lab_kit.data.shop.catalogue import Catalogue
from lab_kit.data.shop.parameters import ShopParameters
from lab_kit.data.shop.people import People
from lab_kit.data.shop.prices import Prices
from lab_kit.data.shop.streams import stream
from lab_kit.data.shop.visits import Visits, plan_visits

BLOCK = 512
"""People simulated together: their log-odds of 1,200 items fill 5 MB."""
NEW_DAYS = 60
"""For so many days after signing up a person counts as new."""
LATE_DAYS, LATE_AT_MOST = 60, 3
"""A late delivery is held against the shop for so many days, and so many of them at most."""


@dataclass(frozen=True)
class Behaviour:
    """All visits that happened, and their steps."""

    user: np.ndarray
    """(visits,): index of the person."""
    start: np.ndarray
    """(visits,): UTC milliseconds."""
    buying: np.ndarray
    """(visits,): bool."""
    app: np.ndarray
    """(visits,): bool."""
    late: np.ndarray
    """(visits,): bool, something was bought and came late."""
    leave: np.ndarray
    """(visits,): probability of leaving for good at the end of this visit."""
    late_before: np.ndarray
    """(visits,): late deliveries that counted in `leave`."""
    left: np.ndarray
    """(visits,): bool, the person left for good."""
    visit: np.ndarray
    """(steps,): index of the visit."""
    item: np.ndarray
    """(steps,): index of the item viewed."""
    carted: np.ndarray
    """(steps,): bool."""
    bought: np.ndarray
    """(steps,): bool."""


@dataclass(frozen=True)
class _World:
    """What is the same for every block."""

    parameters: ShopParameters
    people: People
    catalogue: Catalogue
    prices: Prices
    appeal: np.ndarray
    relative_price: np.ndarray
    follow: np.ndarray
    holiday: np.ndarray


def simulate_behaviour(
    parameters: ShopParameters,
    people: People,
    catalogue: Catalogue,
    prices: Prices,
    appeal: np.ndarray,
) -> Behaviour:
    """Let everybody visit from the first to the last day.

    Args:
        parameters: The effects.
        people: Who visits.
        catalogue: What there is.
        prices: What it costs on each day.
        appeal: (weeks, items), of `weekly_appeal`.
    """
    window = Window(parameters.months)
    world = _World(
        parameters=parameters,
        people=people,
        catalogue=catalogue,
        prices=prices,
        appeal=choice.daily_appeal(appeal, catalogue.first_day, window.days),
        relative_price=choice.relative_price(catalogue.category, prices.by_day),
        follow=choice.follow(parameters, catalogue.category),
        holiday=window.holiday(),
    )
    return _together([_Block(world, first).run() for first in range(0, parameters.users, BLOCK)])


def leave_probability(
    parameters: ShopParameters,
    hazard: np.ndarray,
    visits: np.ndarray,
    new: np.ndarray,
    late: np.ndarray,
) -> np.ndarray:
    """Probability of leaving for good at the end of a visit, one entry a person.

    The hazard is per time and realised at visits: who comes rarely leaves, visit by visit, with a
    higher probability.

    Args:
        parameters: The factors of newness and late deliveries.
        hazard: Per 30 days, from lasting causes.
        visits: Per 30 days.
        new: Bool, signed up within `NEW_DAYS`.
        late: Number of late deliveries that count.
    """
    factor = np.where(new, parameters.leave_new, 1.0) * parameters.leave_late**late
    return 1 - np.exp(-hazard * factor / visits)


class _Block:
    """The state of some people while they are simulated."""

    def __init__(self, world: _World, first: int) -> None:
        self.world = world
        self.first = first
        self.rng = stream(world.parameters.seed, "behaviour", first)
        self.who = slice(first, min(first + BLOCK, world.parameters.users))
        self.visits = plan_visits(self.rng, world.parameters, world.people, self.who)
        count, visits = self.who.stop - first, len(self.visits.who)
        self.base = choice.personal(
            world.parameters,
            world.catalogue.traits,
            world.people.taste[self.who],
            world.people.vegetarian[self.who],
            world.people.frame["gender"].to_numpy()[self.who],
        )
        self.before = np.full(count, len(world.follow) - 1)  # row of `follow`
        self.found = np.zeros(count, dtype=bool)  # something was bought on this visit
        memory = world.parameters.memory
        self.owned, self.owned_day = np.full((count, memory), -1), np.full((count, memory), -np.inf)
        self.late_day = np.full((count, LATE_AT_MOST), -np.inf)
        self.here = np.ones(count, dtype=bool)
        self.happened, self.late, self.left = (np.zeros(visits, dtype=bool) for _ in range(3))
        self.leave, self.late_before = np.zeros(visits), np.zeros(visits, dtype="int64")

    def run(self) -> Behaviour:
        visits: Visits = self.visits
        visit_of = np.repeat(np.arange(len(visits.who)), visits.views)
        ends = np.flatnonzero(np.diff(visit_of, append=-1))
        last = np.zeros(len(visit_of), dtype=bool)
        last[ends] = True
        count = np.bincount(visits.who[visit_of], minlength=len(self.here))
        offset = np.cumsum(count) - count
        item = np.full(len(visit_of), -1)
        carted, bought = np.zeros(len(visit_of), dtype=bool), np.zeros(len(visit_of), dtype=bool)
        for number in range(count.max(initial=0)):
            people = np.flatnonzero(self.here & (number < count))
            if not len(people):
                break
            step = offset[people] + number
            visit = visit_of[step]
            self.happened[visit] = True
            item[step] = self._view(people, visit)
            carted[step], bought[step] = self._decide(people, visit, item[step], last[step])
            self._remember(people, visit, item[step], carted[step], bought[step])
            self._end_visits(people[last[step]], visit[last[step]])
        return self._result(visit_of, item, carted, bought)

    def _view(self, people: np.ndarray, visit: np.ndarray) -> np.ndarray:
        """The item each person looks at next."""
        world, day = self.world, self.visits.day[visit]
        odds = self.base[people]
        odds += world.appeal[day]
        odds += world.follow[self.before[people]]
        sensitivity = world.people.price_sensitivity[self.who][people]
        odds -= sensitivity[:, None] * world.relative_price[day]
        now = self.visits.start[visit] / DAY
        owned, since = self.owned[people], now[:, None] - self.owned_day[people]
        row, slot = np.nonzero((owned >= 0) & (since > 0))  # what is in the cart was not bought yet
        owned, since = owned[row, slot], since[row, slot]
        odds[row, owned] += choice.wanted_again(
            world.parameters, since, world.catalogue.refill[owned]
        )
        return choice.pick(odds, self.rng.random(len(people)))

    def _decide(
        self, people: np.ndarray, visit: np.ndarray, item: np.ndarray, last: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Into the cart, and paid for, both bool.

        Who came to buy finds something with the last item at the latest.
        """
        parameters, buying = self.world.parameters, self.visits.buying[visit]
        usual = np.where(buying, parameters.cart_buying, parameters.cart_browsing)
        promoted = self.world.prices.promotion[self.visits.day[visit], item] > 0
        odds = np.log(usual / (1 - usual)) + parameters.promotion_on_cart * promoted
        odds += parameters.quality_on_cart * self.world.catalogue.quality[item]
        must = buying & last & ~self.found[people]
        carted = (self.rng.random(len(people)) < 1 / (1 + np.exp(-odds))) | must
        paid = self.rng.random(len(people)) < parameters.bought_from_cart
        bought = buying & carted & (paid | must)
        self.found[people] |= bought
        return carted, bought

    def _remember(
        self, people: np.ndarray, visit: np.ndarray, item: np.ndarray, carted: np.ndarray,
        bought: np.ndarray,
    ) -> None:  # fmt: skip
        """What was seen shapes the next step, what was bought the next weeks."""
        categories = (len(self.world.follow) - 1) // 2
        self.before[people] = self.world.catalogue.category[item] + np.where(carted, categories, 0)
        who, what = people[bought], item[bought]
        same = self.owned[who] == what[:, None]
        oldest = self.owned_day[who].argmin(axis=1)
        slot = np.where(same.any(axis=1), same.argmax(axis=1), oldest)
        self.owned[who, slot] = what
        self.owned_day[who, slot] = self.visits.start[visit[bought]] / DAY

    def _end_visits(self, people: np.ndarray, visit: np.ndarray) -> None:
        """Deliver what was bought, and let some leave for good."""
        world, day = self.world, self.visits.day[visit]
        risk = world.people.late[self.who][people]
        risk = risk * np.where(world.holiday[day], world.parameters.late_holiday, 1.0)
        late = self.found[people] & (self.rng.random(len(people)) < risk)
        oldest = self.late_day[people[late]].argmin(axis=1)
        self.late_day[people[late], oldest] = day[late]

        recent = (day[:, None] - self.late_day[people] <= LATE_DAYS).sum(axis=1)
        new = day - world.people.signup_day[self.who][people] < NEW_DAYS
        leave = leave_probability(
            world.parameters,
            world.people.hazard[self.who][people],
            world.people.visits[self.who][people],
            new,
            recent,
        )
        left = self.rng.random(len(people)) < leave
        self.late[visit], self.leave[visit], self.left[visit] = late, leave, left
        self.late_before[visit] = recent
        self.here[people] = ~left
        self.found[people] = False
        self.before[people] = len(world.follow) - 1

    def _result(
        self, visit_of: np.ndarray, item: np.ndarray, carted: np.ndarray, bought: np.ndarray
    ) -> Behaviour:
        kept = self.happened
        number = np.cumsum(kept) - 1
        step = kept[visit_of]
        return Behaviour(
            user=self.visits.who[kept] + self.first,
            start=self.visits.start[kept],
            buying=self.visits.buying[kept],
            app=self.visits.app[kept],
            late=self.late[kept],
            leave=self.leave[kept],
            late_before=self.late_before[kept],
            left=self.left[kept],
            visit=number[visit_of[step]],
            item=item[step],
            carted=carted[step],
            bought=bought[step],
        )


def _together(blocks: list[Behaviour]) -> Behaviour:
    """The blocks end to end, visits numbered through."""
    columns = {
        field.name: np.concatenate([getattr(block, field.name) for block in blocks])
        for field in fields(Behaviour)
    }
    before = np.cumsum([0, *(len(block.user) for block in blocks[:-1])])
    shift = np.repeat(before, [len(block.visit) for block in blocks])
    return Behaviour(**{**columns, "visit": columns["visit"] + shift})
