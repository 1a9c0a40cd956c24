# %% [markdown]
# # Preprocess: how do raw exports become user, item and interaction data?
#
# A shop's data comes out of its systems as it went in: two logs that disagree about the
# clock, ids written in three ways, people registered twice. No model can repair that.
# In this lab you do, and you keep a record of every row. Somebody will ask.

# %% tags=["parameters"]
dataset: str = "shop"  # which data set: "shop" or "movielens-small"

# %%
import inspect

import pandas as pd
from IPython.display import Code, display

from lab_kit import data, plots
from lab_kit.prepare import clean, pipeline, schema, split
from lab_kit.prepare.rules import rules_of
from lab_kit.teach import begin, check, checkpoint, outcome, predict, progress, quiz

lab = begin("01", dataset=dataset)

# %% [markdown]
# ## 1. Look before you touch
#
# Each row below is one **export**: the files that one system wrote. Look at the column
# `time`. It says how each system writes down a moment.

# %%
raw = data.load(dataset)
pd.DataFrame(
    [
        {
            "export": name,
            "one row is": export.kind,
            "files": len(export.paths),
            "encoding": export.encoding,
            "time": export.time_unit or "none",
            "zone": export.time_zone,
        }
        for name, export in raw.exports.items()
    ]
)

# %% [markdown]
# We begin with the exports in which one row is one interaction: the **logs**. They are
# read as text, all of it. A program that guesses types at this point turns the postcode
# 04524 into the number 4524, and you will never know.

# %%
logs = {n: export for n, export in raw.exports.items() if export.kind == "interactions"}
frames = {name: clean.read_export(export)[0] for name, export in logs.items()}
for name, frame in frames.items():
    display(frame.head(3).style.set_caption(f"log: {name}"))

# %% [markdown]
# Two columns are ours: `source_file` and `source_row` say where each row stood. When
# something looks odd in an hour from now, you can go and see.
#
# ### Exercise 1.1: how much came in?

# %% exercise="1.1"
# How many rows are there in all logs together? `frames` holds one table for each log.
# hint: Count the rows of each table and add them up.
# hint: `sum(len(frame) for frame in frames.values())` does both.
# mistake: len(frames) -> That counts the logs. Each of them has many rows.
# mistake: sum(frame.size for frame in frames.values()) -> That counts cells, not rows.
n_rows = sum(len(frame) for frame in frames.values())  # solution
n_rows = check("1.1", n_rows)

# %% [markdown]
# ## 2. When did it happen?
#
# First the columns get the same names everywhere. From here on a moment is called
# `timestamp` in every log, whatever its system called it.

# %%
named = {n: clean.rename_columns(frames[n], logs[n].columns)[0] for n in logs}
first = next(iter(named))
raw_times = named[first]["timestamp"]
plots.time_units(raw_times)

# %% [markdown]
# The picture reads the times of the first log in two ways: as seconds and as
# milliseconds since 1970. One of the two makes sense.
#
# ### Exercise 1.2: which unit?

# %% exercise="1.2"
# Write "s" if the times are seconds, "ms" if they are milliseconds.
# hint: In the picture, which of the two readings lands in years that can be true?
# hint: `clean.guess_time_unit(raw_times).unit` makes the same guess from the numbers.
# mistake: "minutes" -> The choice is between "s" and "ms".
# mistake: {"s": "ms", "ms": "s"}[clean.guess_time_unit(raw_times).unit] -> Look at the
#   years again: with this unit the events lie far away from today.
unit = clean.guess_time_unit(raw_times).unit  # solution
unit = check("1.2", unit)

# %%
timed, step = clean.parse_times(named[first], "timestamp", unit=unit)
print(step)
timed["timestamp"].agg(["min", "max"])

# %% [markdown]
# `step` is one line of a record: rows in, rows out, rows changed, and what was found.
# Every function in `clean` returns the new table and such a line.
#
# The other kind of time is what a clock on a wall showed. It is no moment until you
# know where the clock hung. Say a server in Seoul wrote 01:15 on New Year's Day.
#
# ### Exercise 1.3: what time is it in UTC?

# %% exercise="1.3"
# Convert `in_seoul` to UTC.
# hint: Seoul is nine hours ahead of UTC. So in UTC it is still last year.
# hint: A time that knows its zone has a method for this: `tz_convert("UTC")`.
# mistake: in_seoul.tz_localize(None).tz_localize("UTC") -> You changed the name of the
#   zone and kept the clock. The moment must stay; the clock must change.
# mistake: in_seoul + pd.Timedelta(hours=9) -> That is another moment, nine hours later.
in_seoul = pd.Timestamp("2026-01-01 01:15", tz="Asia/Seoul")
in_utc = in_seoul.tz_convert("UTC")  # solution
in_utc = check("1.3", in_utc)

# %% tags=["nbval-check-output"]
print(in_seoul, "is", in_utc)

# %% [markdown]
# In which zone do these people live? Let the data tell. Choose a zone and look at the
# quiet hours: where do they fall between midnight and six in the morning?

# %%
plots.explorer(
    lambda zone: plots.weekly_rhythm(timed, zone=zone),
    controls={"zone": ["UTC", "Asia/Seoul", "Europe/Paris", "America/Chicago"]},
    static=[{"zone": "UTC"}, {"zone": rules_of(dataset).home_zone}],
)

# %% [markdown]
# Mix the zones up once, and half of your customers seem to shop before dawn. Worse, a
# purchase can then come before its own view.
#
# ## 3. Who was it?
#
# The same person, written in several ways, is several people to a model. Here are some
# ids as they came, from all logs, and what becomes of them.

# %%
rules = rules_of(dataset)
raw_rows = pd.concat(named.values(), ignore_index=True)
form = rules.user_id
known, step = clean.normalise_ids(
    raw_rows, "user_id", prefix=form.prefix, width=form.width
)
print(step)
several = raw_rows["user_id"].drop_duplicates().sample(8, random_state=11).index
pd.DataFrame({"before": raw_rows["user_id"], "after": known["user_id"]}).loc[several].T

# %% [markdown]
# ### Exercise 1.4: how many people are there?

# %% exercise="1.4"
# How many different people are there in `known`?
# hint: Count the different values of a column, after the ids have been put right.
# hint: `known["user_id"].nunique()`. Before, `raw_rows` had more "people".
# mistake: len(known) -> That counts rows. One person has many rows.
# mistake: known["item_id"].nunique() -> Those are items. People are in `user_id`.
n_people = known["user_id"].nunique()  # solution
n_people = check("1.4", n_people)

# %%
n_spellings = raw_rows["user_id"].nunique()
print(f"{n_spellings:,} different spellings were {n_people:,} people.")

# %% [markdown]
# ## 4. What did they do?
#
# Each system has its own words for the same event, and some lines are misspelt. On the
# left is every word that came, on the right what it means. A wider band is more rows.

# %%
typed, step = clean.repair_categories(
    known, "event_type", allowed=rules.event_types, aliases=rules.event_words
)
print(step)
plots.spellings(raw_rows["event_type"], typed["event_type"], what="event types")

# %% [markdown]
# How does a program know that *veiw* is *View*? It counts how much two words have in
# common, and it refuses to guess where two words come equally near.
#
# ## 5. Once, or twice?
#
# A phone in a tunnel sends the same event again and again. Some copies are equal in
# every column: **exact duplicates**. Others come a second later, with another time, and
# no comparison of rows will find them.
#
# They show themselves only *now*. Before the times, ids and words were put right, two
# copies of one event looked different. That is why the order of the steps matters.
#
# Here is the kit's own function with all the steps in order. Read it: each line is
# something you have just done by hand.

# %%
Code(inspect.getsource(pipeline.clean_events).split('"""')[2], language="python")

# %% [markdown]
# Guess first, then look.

# %%
guess = predict(
    "1.p1",
    "Of 1,000 raw rows, how many will be gone after all steps?",
    guess=...,
)

# %% [markdown]
# The picture shows how the rows of one log melt away. Play with `seconds`: the same
# event again within so many seconds counts as sent twice. At 0 only exact copies go.
# At 600 you also lose people who came back. Where would you stop?

# %%
def washed(log, seconds):
    _, ledger = pipeline.clean_events(logs[log], rules, seconds=seconds)
    return plots.ledger_waterfall(ledger)


plots.explorer(
    washed,
    controls={"log": list(logs), "seconds": [0, 1, 2, 5, 60, 600]},
    static=[{"log": first, "seconds": 2}, {"log": first, "seconds": 600}],
)

# %% [markdown]
# Now every log goes through all steps, and each keeps its **ledger**.

# %%
cleaned = {n: pipeline.clean_events(export, rules) for n, export in logs.items()}
ledgers = {n: ledger for n, (_, ledger) in cleaned.items()}
display(*ledgers.values())

# %% [markdown]
# ### Exercise 1.5: what did the cleaning cost?

# %% exercise="1.5"
# How many rows were lost in all logs together? A ledger has `rows_in` and `rows_out`.
# hint: What a log lost is what came in less what went out. Add that up over the logs.
# hint: `sum(b.rows_in - b.rows_out for b in ledgers.values())`
# mistake: sum(b.rows_out for b in ledgers.values()) -> That is what is left. You want
#   what is gone.
# mistake: len(ledgers) -> That counts the ledgers. Open them and add up.
n_lost = sum(b.rows_in - b.rows_out for b in ledgers.values())  # solution
n_lost = check("1.5", n_lost)

# %%
outcome("1.p1", round(1000 * n_lost / n_rows))

# %% [markdown]
# ## 6. One table of events
#
# The logs now speak one language, so they can be stacked. The shop is simulated: we
# know what truly happened, and can ask how much of it came back.

# %%
events = pipeline.stack(frame for frame, _ in cleaned.values())
if raw.truth is None:
    print(f"{len(events):,} events. What truly happened, nobody knows for real data.")
else:
    print(f"{len(events):,} of {len(raw.interactions):,} true events came back.")
    reasons = raw.truth["unrecoverable"]["reason"]
    display(reasons.value_counts().rename("events lost").to_frame())
events.head()

# %% [markdown]
# What is lost cannot be had: nobody wrote down who it was, or when. The ledger says so,
# and that is all one can do. Inventing a user would be worse.
#
# Events come in **sessions**: a person arrives, looks around, and leaves. Each line in
# the picture is a person, each mark an event. Below is one visit from close by.

# %%
plots.sessions_timeline(events, zone=rules.home_zone)

# %% [markdown]
# ## 7. Users and items
#
# The registers get the same treatment. Look at the ledgers: which step finds the most?

# %%
tables = {}
for export in raw.exports.values():
    if export.kind in rules.tidy:
        tables[export.kind], ledger = pipeline.clean_table(export, rules)
        display(ledger)
users, items = tables.get("users"), tables["items"]

# %% [markdown]
# A value that cannot be true is no value. Somebody of 999 years has not told us their
# age, so the age becomes missing. The picture shows the column as it came, and as it is
# now, with one row for each person. (MovieLens tells nothing about its users: there is
# no such table, and none is made up. There you see the years of the films.)

# %%
if users is not None:
    profiles = clean.read_export(raw.exports["profiles"])[0]
    display(plots.before_after(profiles["age"], users["age"], what="age in years"))
else:
    display(plots.before_after(items["year"], items["year"], what="year of release"))

# %% [markdown]
# ### Exercise 1.6: where are the gaps?

# %% exercise="1.6"
# Which column of `items` has the most missing values? Give its name.
# hint: `items.isna().sum()` counts the missing values of each column.
# hint: The name of the largest value of a series is `.idxmax()`.
# mistake: items.isna().sum().max() -> That is how many are missing. The name is asked.
# mistake: items.isna().sum().idxmin() -> That is a column with the fewest gaps.
gappy = items.isna().sum().idxmax()  # solution
gappy = check("1.6", gappy)

# %% [markdown]
# We leave the gaps open. Filling them is a decision, and it has a lab of its own.
#
# ## 8. Learn from the past, test on the future
#
# To know how good a model is, hide some events from it. Which ones? Drawing them at
# random is what most people do first.

# %%
parts = split.random(events, share=0.9, seed=7)
parts

# %% [markdown]
# ### Exercise 1.7: does the model know the future?

# %% exercise="1.7"
# How many events of `parts.train` come after the first event of `parts.test`?
# hint: The first moment of the test part is `parts.test["timestamp"].min()`.
# hint: Compare a column with a moment, and `.sum()` counts where it is true.
# mistake: len(parts.test) -> That is the size of the test part. Compare the times.
# mistake: (parts.train["timestamp"] < first_test).sum() -> Those come before. Which ones
#   come after?
first_test = parts.test["timestamp"].min()
n_future = (parts.train["timestamp"] > first_test).sum()  # solution
n_future = check("1.7", n_future)

# %%
display(split.check_leakage(parts))
display(split.check_leakage(split.by_time(events, share=0.9)))

# %% [markdown]
# Compare the two tables, line by line. Split at random, the model has seen nearly
# everything that comes later. Split by time, it has seen nothing of it. Its score will
# be lower, and it will be true.
#
# ## 9. Hand it on
#
# Amazon Personalize has rules for the three tables: which columns there must be, which
# types, how many rows. All that is wrong is reported at once.

# %%
schema.check_dataset(users, items, events)

# %% [markdown]
# No errors. `checkpoint.save` writes CSV files with their schemas, and the next labs
# pick them up. These files are what you would upload to AWS.

# %%
from dataclasses import replace

result = replace(raw, users=users, items=items, interactions=events)
folder = checkpoint.save("01-preprocess", result)
Code((folder / "interactions.schema.json").read_text("utf-8"), language="json")

# %% [markdown]
# ## 10. Three questions before you go on

# %%
quiz("1.q1", answer=...)

# %%
quiz("1.q2", answer=...)

# %%
quiz("1.q3", answer=...)

# %%
progress()

# %% [markdown]
# ## On AWS this is...
#
# - The raw files lie in a *bucket* of **Amazon S3**, and so do the cleaned ones. The
#   folder you just wrote has the layout that an import job reads.
# - The steps can be clicked together in **SageMaker Data Wrangler**. It shows a profile
#   of each column and runs the steps as a job. The decisions (which unit, which zone,
#   how many seconds) are yours there too.
# - The CSV and the schema go into Amazon Personalize with `create_schema`,
#   `create_dataset` and `create_dataset_import_job`. You will type these calls in the
#   lab on recommendations.
#
# **Simulated here:** the shop and its mess, modelled on what real systems do.
# **Simplified:** everything fits into memory. **Real:** every step and every number.
#
# **Read next:** lab 02, where tables are joined and rows multiply. For an evening:
# Hadley Wickham, "Tidy Data" (Journal of Statistical Software 59, 2014), and the page
# "Falsehoods programmers believe about time".
