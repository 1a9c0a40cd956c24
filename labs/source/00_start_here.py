# %% [markdown]
# # Start here: does my machine work, and what will I build?
#
# Welcome! In these labs you build what a shop's data team builds: clean tables, models,
# a recommender that answers in milliseconds, and maps of words and products. On AWS the
# same workshop needs an account, credits and an hour of waiting. Here everything runs
# on this machine, and the code you type is the code you would type there.

# %% tags=["parameters"]
dataset: str = "shop"  # which data set: "shop" or "movielens-small"

# %% [markdown]
# Run a cell with **Shift + Enter**. The first one opens the lab.

# %%
import pandas as pd

from lab_kit import data, doctor, plots
from lab_kit.teach import begin, check, hint, outcome, predict, progress, quiz, reveal
from lab_kit.teach.labs import labs

lab = begin("00", dataset=dataset)

# %% [markdown]
# ## 1. Is everything ready?
#
# The next cell looks at Python, the packages, memory, disk and fonts. Each line says
# **OK**, or **FAIL** and what to do about it.

# %%
doctor.examine(quick=True)

# %% [markdown]
# All lines say OK? Then nothing stands between you and the labs. This is the way they
# take:

# %%
plots.lab_map(labs(), here="00")

# %% [markdown]
# One story runs through all labs. A Korean online shop sells food and clothes. Its raw
# exports are a mess. You clean them, join them, fill their gaps, and then teach
# machines to predict, recommend and find meaning in them.

# %% [markdown]
# ## 2. Meet the data
#
# The shop is simulated, so that we know the truth about every customer and can score
# every answer. Later you run the same labs on data of real people.

# %%
shop = data.load(dataset)
interactions, items = shop.interactions, shop.items
interactions.head()

# %% [markdown]
# One row is one **event**: who (`user_id`), what (`item_id`), when (`timestamp`) and
# how (`event_type`). Everything a recommender learns, it learns from rows like these.

# %% [markdown]
# ### Exercise 0.1: how many events?
#
# In an exercise you replace the `...` by your own code and run the cell. `check` tells
# you how you did. Stuck? Type `hint("0.1")` into a new cell. It never hurts to leave an
# exercise open: `check` then hands the kit's own answer to the cells below.

# %% exercise="0.1"
# How many events are there in `interactions`?
# hint: One row is one event. Python has a function that counts the rows of a table.
# hint: `len(table)` counts rows. Put the table's name in the brackets.
# mistake: interactions.size -> That counts every cell of the table. One event is one row.
# mistake: len(items) -> That counts the items. Events are in the other table.
n_events = len(interactions)  # solution
n_events = check("0.1", n_events)

# %% [markdown]
# Now the items. One row is one thing somebody can buy or watch.

# %%
items.head()

# %% [markdown]
# ### Exercise 0.2: how many items were touched?
#
# A catalogue holds more than people look at. How many *different* items appear in the
# events?

# %% exercise="0.2"
# Count the different values of `item_id` in `interactions`.
# hint: An item appears in many events. You want each one to count once.
# hint: A column can count its different values: `table["column"].nunique()`.
# mistake: len(items) -> That is the whole catalogue. Some items nobody ever touched.
# mistake: len(interactions) -> That counts an item again for each of its events.
n_touched = interactions["item_id"].nunique()  # solution
n_touched = check("0.2", n_touched)

# %%
print(f"{n_touched:,} of {len(items):,} items were touched at least once.")

# %% [markdown]
# ## 3. The long tail
#
# Before you look, commit yourself. Write a number between 0 and 100 in place of the
# `...`.

# %%
guess = predict(
    "0.p1",
    "Take the 20 % of items with the most events. "
    "What percentage of all events do they get?",
    guess=...,
)

# %% [markdown]
# ### Exercise 0.3: which item gets the most?

# %%
events_per_item = interactions["item_id"].value_counts()
events_per_item.head()

# %% exercise="0.3"
# Take the id of the item with the most events from `events_per_item`.
# hint: `value_counts` sorts for you: the most frequent comes first.
# hint: The ids are the index: `events_per_item.index[0]` is the first of them.
# mistake: events_per_item.index[-1] -> That is the last one, with the fewest events.
# mistake: events_per_item.iloc[0] -> That is its number of events. The id is in the index.
top_item = events_per_item.index[0]  # solution
top_item = check("0.3", top_item)

# %%
shop.item_names[top_item]

# %% [markdown]
# ### Exercise 0.4: how much goes to the top fifth?
#
# Now the answer to your guess, as a number between 0 and 1.

# %% exercise="0.4"
# What share of all events do the `n_top` most frequent items get?
# hint: Add up the events of the first `n_top` items, then divide by all events.
# hint: `events_per_item.head(n_top).sum()` is the upper part of the fraction.
# mistake: events_per_item.head(20).sum() / events_per_item.sum() -> Those are 20 items.
#   A fifth of the items is `n_top` of them.
# mistake: n_top / len(events_per_item) -> That is the share of items. Count their events.
n_top = len(events_per_item) // 5
top_share = events_per_item.head(n_top).sum() / events_per_item.sum()  # solution
top_share = check("0.4", top_share)

# %%
outcome("0.p1", round(100 * top_share))

# %%
plots.long_tail(interactions)

# %% [markdown]
# The curve falls steeply and then runs on and on. A few items are everybody's; most
# belong to the **long tail**. A list of best-sellers serves the left edge. A good
# recommender finds, for each person, the right items in the tail.

# %% [markdown]
# ## 4. A first recommendation
#
# Enough looking: let us ask a real model. *Alternating least squares* gives every user
# and every item a short list of numbers, so that the lists of a user and of the items
# they like point the same way. You will meet it again in the lab on recommendations.

# %%
from implicit.als import AlternatingLeastSquares
from scipy.sparse import coo_matrix
from threadpoolctl import threadpool_limits

user_codes, users_seen = pd.factorize(interactions["user_id"])
item_codes, items_seen = pd.factorize(interactions["item_id"])
counts = coo_matrix(
    ([1.0] * n_events, (user_codes, item_codes)),
    shape=(len(users_seen), len(items_seen)),
).tocsr()

with threadpool_limits(limits=1, user_api="blas"):
    model = AlternatingLeastSquares(factors=32, iterations=10, random_state=7)
    model.fit(counts, show_progress=False)
print(f"Learnt from {n_events:,} events of {len(users_seen):,} users.")

# %% [markdown]
# That took a moment, not an hour. Now choose somebody. On the left is what they did
# last, on the right what the model would show them next.

# %%
def history(user):
    mine = interactions[interactions["user_id"] == user].sort_values("timestamp")
    latest_first = mine["item_id"].iloc[::-1].drop_duplicates()
    return latest_first.map(shop.item_names).head(8).tolist()


def recommended(user, how_many):
    code = users_seen.get_loc(user)
    codes, _ = model.recommend(code, counts[[code]], N=how_many)
    return shop.item_names.reindex(items_seen[codes]).tolist()


# %%
some_users = list(interactions["user_id"].value_counts().index[50:250:20])


def compare(user, how_many):
    did, could = pd.Series(history(user)), pd.Series(recommended(user, how_many))
    table = pd.DataFrame({"did last": did, "could see next": could}).fillna("")
    return table.to_html(index=False, border=0, justify="left")


plots.explorer(
    compare,
    controls={"user": some_users, "how_many": (3, 8, 1)},
    static=[{"user": user, "how_many": 5} for user in some_users[:2]],
)

# %% [markdown]
# Look at one or two people. Does the right side make sense, given the left? How would
# you *measure* that, for all users at once? That is a whole lab, later.

# %% [markdown]
# ### Exercise 0.5: has anybody asked for something they had already seen?
#
# Take the first user of the list. The model was told to leave out what this user
# already knows. Prove it: how many of the recommended items are in the user's events?

# %%
known = set(interactions.loc[interactions["user_id"] == some_users[0], "item_id"])
code = users_seen.get_loc(some_users[0])
suggested = set(items_seen[model.recommend(code, counts[[code]], N=10)[0]])

# %% exercise="0.5"
# How many items are both in `known` and in `suggested`? Both are sets.
# hint: What two sets have in common is their intersection.
# hint: `a & b` is the intersection of two sets, and `len` counts it.
# mistake: len(known | suggested) -> `|` puts the sets together. You want what they share.
# mistake: len(suggested) -> That counts all suggested items. How many of them are known?
n_known = len(known & suggested)  # solution
n_known = check("0.5", n_known)

# %% [markdown]
# ## 5. Two questions before you go on

# %%
quiz("0.q1", answer=...)

# %%
quiz("0.q2", answer=...)

# %%
progress()

# %% [markdown]
# ## On AWS this is...
#
# - The three tables are Amazon Personalize's three *datasets*: Users, Items,
#   Interactions.
# - The model is what Personalize calls a *solution version*, and asking it goes through
#   a *campaign*. There the first takes the better part of an hour and the second bills
#   by the hour until you delete it.
# - Checking the machine has no counterpart: on AWS you check your account, roles and
#   credits.
#
# **Simulated here:** the shop and its customers. **Real:** the model, and every number
# you saw.
#
# **Read next:** lab 01, where the data comes in raw. If you like papers: Hu, Koren and
# Volinsky, "Collaborative Filtering for Implicit Feedback Datasets" (ICDM 2008), four
# pages into which the model above fits.
