# %% [markdown]
# # Concat vs join: stack rows or match keys, and what goes wrong silently?
#
# Two tables become one in two ways. You put rows below each other, or you match them by
# a key. Both always give *some* table. Nothing turns red when it is the wrong one: the
# total is merely 11 % too high, for a year. In this lab you spring each trap once.

# %% tags=["parameters"]
dataset: str = "shop"  # which data set: "shop" or "movielens-small"

# %%
import pandas as pd

from lab_kit import data, plots
from lab_kit.errors import LabKitError
from lab_kit.prepare import clean, combine, pipeline
from lab_kit.prepare.rules import rules_of
from lab_kit.teach import begin, check, checkpoint, outcome, predict, progress, quiz

lab = begin("02", dataset=dataset)

# %% [markdown]
# ## 1. The cast
#
# `logs` are two tables in which one row is one event. `sales` are the events that carry
# a number worth adding up: won in the shop, stars at MovieLens. `register` says more
# about a key, and `history` says what was true from when on.

# %%
raw = data.load(dataset)
done = checkpoint.load("01-preprocess")
events, items = done.interactions, done.items
if dataset == "shop":
    rules, names = rules_of(dataset), ("app", "web")
    logs = {n: pipeline.clean_events(raw.exports[n], rules)[0] for n in names}
    sales = events[events["event_type"] == "Purchase"]
    key, register = "user_id", raw.tables["profiles"]
    history, since, newest = raw.tables["prices"], "valid_from", "registered_at"
else:
    logs = {"ratings": events, "tags": raw.tables["tags"]}
    sales, key, register = events, "item_id", raw.tables["tags"]
    history = register.rename(columns={"timestamp": "since", "user_id": "by"})
    since, newest = "since", "timestamp"
for name, table in {**logs, "register": register, "history": history}.items():
    print(f"{name}: {len(table):,} rows with {', '.join(table.columns)}")

# %% [markdown]
# ## 2. Stack: rows that mean the same
#
# In both logs one row is one event. So they go below each other. `combine.concat` keeps
# in a column where each row came from, and says what a source lacks.

# %%
stacked, report = combine.concat(logs, provenance="log")
report

# %% [markdown]
# In SQL this is `UNION ALL`. It goes by position, so each side lists its columns:

# %%
print(report.sql())

# %% [markdown]
# ### Exercise 2.1: how many rows?

# %% exercise="2.1"
# How many rows must a stack of all tables in `logs` have? Work it out from `logs`.
# hint: Stacking neither drops nor doubles a row.
# hint: Add up `len(table)` over `logs.values()`.
# mistake: max(len(table) for table in logs.values()) -> That is the longer of the two.
# mistake: len(logs) -> That counts the tables.
n_stacked = sum(len(table) for table in logs.values())  # solution
n_stacked = check("2.1", n_stacked)

# %% [markdown]
# Stacking has a trap as well. Where one table says text and another says numbers, a
# program quietly makes a column that is neither. The kit refuses:

# %%
first, second = logs.values()
try:
    combine.concat({"a": first, "b": second.assign(item_id=range(len(second)))})
except LabKitError as error:
    print(error)

# %% [markdown]
# ## 3. Look at the keys first
#
# A join lives on its keys. Here the same people (or films) are written as plain numbers
# on one side, as a spreadsheet likes to do. `audit` looks before you join.

# %%
digits = register[key].str.extract(r"(\d+)$")[0]
numbered = register.assign(**{key: digits.astype("int64")})
combine.audit(sales, numbered, key, names=("sales", "numbered"))

# %% [markdown]
# Text and numbers never match, not even "123" and 123. The audit says so, and which
# small repair would win how many keys. A join on such keys is refused.

# %%
try:
    combine.join(sales, numbered, key, cardinality="many-to-many")
except LabKitError as error:
    print(error)

# %% [markdown]
# ## 4. A join that keeps its promise
#
# Many sales, one row for each item: **many-to-one**. You declare it, and the kit holds
# you to it.

# %%
sold, joined = combine.join(
    sales, items, "item_id", cardinality="many-to-one", names=("sales", "items")
)
plots.matched_rows(joined)

# %% [markdown]
# ### Exercise 2.2: how many sales found their item?

# %% exercise="2.2"
# How many rows of `sales` matched? The explanation `joined` knows; see its fields.
# hint: Type `joined` into a cell and look at the line "matched".
# hint: The left table is `sales`, so the field is `joined.left_matched`.
# mistake: joined.right_matched -> These are rows of items. The sales are left.
# mistake: joined.left_only -> These are the sales that found nothing.
n_matched = joined.left_matched  # solution
n_matched = check("2.2", n_matched)

# %% [markdown]
# ## 5. Fan-out: when rows multiply
#
# Now the register. It looks like one row for each key. Is it? Guess first: after a left
# join of the sales with the register, how many rows are there for 100 sales?

# %%
guess = predict("2.p1", "Rows after the join, for 100 sales?", guess=...)

# %% [markdown]
# The number of rows can be known before anything is built. Each sale becomes as many
# rows as the register has for its key, and one row where it has none.
#
# ### Exercise 2.3: predict the rows of the left join

# %%
copies = sales[key].map(register[key].value_counts()).fillna(0)
copies.value_counts().sort_index().head()

# %% exercise="2.3"
# `copies` says for each sale how many rows the register has. How many rows does the
# left join have? A sale without any still keeps its one row.
# hint: Replace the zeros by ones, then add up.
# hint: `copies.clip(lower=1).sum()`
# mistake: len(sales) -> That is so only if no key is there twice.
# mistake: len(sales) + len(register) -> That is a stack, not a join.
n_joined = int(copies.clip(lower=1).sum())  # solution
n_joined = check("2.3", n_joined)

# %%
outcome("2.p1", round(100 * n_joined / len(sales)))

# %%
wrong = ("channel", "source") if dataset == "shop" else ("user_id", "user_id")
ways = combine.compare(
    sales,
    register,
    key,
    total="event_value",
    names=("sales", "register"),
    wrong_on=wrong,
)
ways

# %%
plots.ways_compared(ways)

# %% [markdown]
# Every join gives a total that is wrong, and none of them says so. The stack keeps the
# sum, but half of its rows are no sales. The wrong key is worst: look at its number of
# rows. Where it says *not built*, the kit counted the rows and did not even try.
#
# ### Exercise 2.4: by how much is the total too high?

# %% exercise="2.4"
# By what share is the total of the left join too high? 0.1 stands for 10 %.
# hint: Divide the total of the left join by the true one, and take 1 away.
# hint: `wrong_total / true_total - 1`
# mistake: wrong_total / true_total -> That is the ratio. Take 1 away.
# mistake: wrong_total - true_total -> That is the difference. Divide it by the truth.
wrong_total = ways.table.set_index("way").loc["left join", "total"]
true_total = sales["event_value"].sum()
too_high = wrong_total / true_total - 1  # solution
too_high = check("2.4", too_high)

# %% [markdown]
# A declared cardinality would have stopped you. And the way out is to decide which row
# counts: here the newest for each key.

# %%
try:
    combine.join(sales, register, key, names=("sales", "register"))
except LabKitError as error:
    print(error)

one_each, step = clean.drop_near_duplicates(register, [key], newest=newest)
right, joined = combine.join(sales, one_each, key, names=("sales", "register"))
print(step, joined, sep="\n\n")

# %% [markdown]
# And rows **without a key**? Say every tenth sale lost it. Such a row matches nothing, as
# in SQL. (`pandas.merge` would match it with every row of the other table that has no
# key either.)

# %%
nameless = sales.assign(**{key: sales[key].mask(sales.index % 10 == 0)})
combine.join(nameless, one_each, key, names=("sales", "register"))[1]

# %% [markdown]
# Play: which key, which join, which register? Watch the row counts, and see what the
# kit says when a join would explode.

# %%
registers = {"all rows": register, "newest row of each": one_each}
keys = {"the key": (key, key), "the wrong key": wrong}


def drawn(on, how, rows):
    ours, theirs = keys[on]
    options = {"right_on": theirs, "how": how, "cardinality": "many-to-many"}
    options |= {"names": ("sales", "register"), "at_most": 1_000_000}
    return plots.matched_rows(combine.join(sales, registers[rows], ours, **options)[1])


plots.explorer(
    drawn,
    controls={
        "on": list(keys),
        "how": ["inner", "left", "right", "outer"],
        "rows": list(registers),
    },
    static=[{"on": "the key", "how": "left", "rows": rows} for rows in registers],
)

# %% [markdown]
# ## 6. The left join that was an inner join
#
# You want all items, sold or not, with their sales. So you take a left join. Then you
# filter on a column of the right table, and the items never sold are gone.

# %%
names = ("items", "sales")
kept, joined = combine.join(
    items, sales, "item_id", cardinality="one-to-many", names=names
)
filtered = kept[kept["event_value"] > 0]
print(f"{kept['item_id'].nunique():,} items before the filter, then ...")

# %% [markdown]
# ### Exercise 2.5: how many items vanished?

# %% exercise="2.5"
# How many different items are in `kept` and not in `filtered`?
# hint: Count the different items of each and take the difference.
# hint: `kept["item_id"].nunique() - filtered["item_id"].nunique()`
# mistake: len(kept) + len(filtered) -> Rows are not items. Count different ids.
# mistake: filtered["item_id"].nunique() -> These are the items that are left.
n_vanished = kept["item_id"].nunique() - filtered["item_id"].nunique()  # solution
n_vanished = check("2.5", n_vanished)

# %% [markdown]
# In SQL the same happens with `WHERE`. The condition belongs into the `ON` clause; in
# pandas you filter the right table before you join.

# %%
print(joined.sql(), "  AND sales.event_value > 0  -- here, not in WHERE", sep="\n")

# %% [markdown]
# ## 7. Time travel
#
# What did an item cost *when it was sold*? (Or: which tag did a film have when it was
# rated?) The history has several rows for each item. The latest is the easy answer, and
# it is from the future.

# %%
past = history[["item_id", since, *(c for c in ("price", "tag") if c in history)]]
as_of, told = combine.join_as_of(
    sales,
    past,
    time="timestamp",
    right_time=since,
    by="item_id",
    names=("sales", "history"),
)
told

# %% [markdown]
# ### Exercise 2.6: how many sales would have seen the future?

# %% exercise="2.6"
# For how many sales does the history hold a later value? The report `told` counts them.
# hint: A later value takes the place of an earlier one: the earlier is superseded.
# hint: The field is `told.superseded`.
# mistake: told.rows -> These are all sales.
# mistake: told.none_yet -> For these nothing was there yet.
n_future = told.superseded  # solution
n_future = check("2.6", n_future)

# %%
print(told.sql())

# %%
if dataset == "shop":
    latest = past.sort_values(since).groupby("item_id")["price"].last()
    pieces = as_of["event_value"] / as_of["price"]
    by_latest = (sales["item_id"].map(latest).to_numpy() * pieces).sum()
    print(f"true revenue {true_total:,.0f}; at today's prices {by_latest:,.0f} won")

# %% [markdown]
# ## 8. Hand it on
#
# The events now know what an item cost at that moment (the films know their number in
# another database). The next labs pick this up.

# %%
enriched = pipeline.enrich(raw, done)
folder = checkpoint.save("02-combine", enriched)

# %%
quiz("2.q1", answer=...)

# %%
quiz("2.q2", answer=...)

# %%
quiz("2.q3", answer=...)

# %%
progress()

# %% [markdown]
# ## On AWS this is...
#
# - **AWS Glue** and **SageMaker Data Wrangler** have both as steps: *Concatenate* and
#   *Join*. They offer the kinds of join you saw. Neither asks you for a cardinality.
# - In **Amazon Redshift** you write `UNION ALL` and `JOIN`. `.sql()` of each report
#   shows the statement.
# - **Amazon Personalize** wants the three tables apart: it joins them itself, on
#   `USER_ID` and `ITEM_ID`. A user id written in two ways is two users there as well.
#
# **Simplified:** both tables fit into memory. **Real:** every row and every total.
#
# **Read next:** lab 03, about gaps. For an evening: the chapter "Joins" of Hadley
# Wickham, Mine Çetinkaya-Rundel and Garrett Grolemund, "R for Data Science".
