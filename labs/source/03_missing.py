# %% [markdown]
# # Missing data: which way of filling a gap does least harm, and how would I know?
#
# Nearly every table has holes. Filling them takes one line of code, and that line can
# make a table say what nobody ever said. In this lab three tables miss the same column
# for three different reasons. You find out which is which, and only at the end do you
# see what was behind the gaps.

# %% tags=["parameters"]
dataset: str = "shop"  # "shop", "telco-churn" or "bank-marketing"

# %%
import pandas as pd

from lab_kit import data, plots
from lab_kit.prepare import missing, pipeline
from lab_kit.teach import begin, check, checkpoint, outcome, predict, progress, quiz

lab = begin("03", dataset=dataset)

# %% [markdown]
# ## 1. Three tables with holes
#
# Each row is a customer. We want to predict `target`. In the tables A, B and C, three
# in ten values of one column are gone. In one of them the gaps came by pure chance, in
# one another column made them, and in one the value itself.

# %%
STORY = {  # the target, the column that gets gaps, another column that drives some
    "shop": ("churned", "days_since_visit", "visits_90d"),
    "telco-churn": ("churn", "tenure", "monthly_charges"),
    "bank-marketing": ("deposit", "duration", "age"),
}
target, column, driver = STORY[dataset]
no_help = ["user_id", "value_next_90_days", "customer_id", "total_charges"]
whole = data.load(dataset).tables["customers"].drop(columns=no_help, errors="ignore")
whole = whole.sample(min(len(whole), 3_000), random_state=1).reset_index(drop=True)
order = pd.Series(["MCAR", "MAR", "MNAR"]).sample(3, random_state=len(dataset)).tolist()
hidden = {
    name: missing.make_gaps(
        whole, column, why, rate=0.3, driver=driver if why == "MAR" else None, seed=5
    )
    for name, why in zip("ABC", order, strict=True)
}
tables = {name: gaps.frame for name, gaps in hidden.items()}
print(f"{len(whole):,} customers; the gaps are in {column}; we predict {target}.")

# %% [markdown]
# Do not look into `hidden` yet. Look at the gaps.

# %%
plots.gap_patterns(tables["A"])

# %% [markdown]
# ### Exercise 3.1: how much is missing?

# %% exercise="3.1"
# What share of `tables["A"][column]` is missing? A number between 0 and 1.
# hint: `.isna()` is true where a value is missing. True counts as 1.
# hint: The mean of zeros and ones is a share: `tables["A"][column].isna().mean()`.
# mistake: tables["A"][column].isna().sum() -> That is how many. The share is asked.
# mistake: tables["A"][column].notna().mean() -> That is the share of what is known.
share = tables["A"][column].isna().mean()  # solution
share = check("3.1", share)

# %% [markdown]
# The same share in all three. By looking at the column alone, you cannot tell them
# apart. Guess all the same: how far off is the mean of what is left, at worst?

# %%
guess = predict(
    "3.p1", "By how many percent is the worst of the three means off?", guess=...
)

# %% [markdown]
# ## 2. Ask the other columns
#
# If the gaps came by chance alone, nothing in the table can tell where they are. So we
# *try to predict the gaps*. An AUC of 0.5 is guessing, 1 is certainty.

# %%
found = {n: missing.evidence(t, column, without=(target,)) for n, t in tables.items()}
pd.DataFrame(
    {
        "AUC": {name: round(each.auc, 2) for name, each in found.items()},
        "guessing stays below": {name: round(e.chance, 2) for name, e in found.items()},
        "most telling": {n: e.drivers["column"].iloc[0] for n, e in found.items()},
    }
)

# %% [markdown]
# ### Exercise 3.2: which table lost values by pure chance?

# %% exercise="3.2"
# Give its letter: "A", "B" or "C".
# hint: Pure chance cannot be predicted. Which AUC is nearest to one half?
# hint: `min(found, key=lambda name: found[name].auc)`
# mistake: max(found, key=lambda name: found[name].auc) -> Its gaps can be told best
#   from other columns. That is the opposite of chance.
# mistake: "D" -> There are three tables: A, B and C.
by_chance = min(found, key=lambda name: found[name].auc)  # solution
by_chance = check("3.2", by_chance)

# %%
found[max(found, key=lambda name: found[name].auc)]

# %% [markdown]
# Read the verdict to its end. A column can hide itself: people who stay away long are
# the ones of whom we do not know how long. If no other column gives that away, **no
# test in the world can find it**. There is an old and honest test all the same:
# Little's test asks whether rows with a gap look like rows without, in all numbers.

# %%
without_gaps = whole.columns[whole.notna().all()]
p_values = {n: missing.little_test(t[without_gaps]).p for n, t in tables.items()}
pd.Series(p_values, name="p").round(4)

# %% [markdown]
# A small p speaks against pure chance. (Columns that had gaps before we came were left
# out: Little's test looks at all gaps at once.)
#
# ## 3. Fill, and see what it does
#
# The commonest filling is one value for all gaps.

# %%
known = tables[by_chance][column].dropna()
with_mean = tables[by_chance][column].fillna(known.mean())
print(f"spread of the known values: {known.std():.1f}")

# %% [markdown]
# ### Exercise 3.3: what happens to the spread?

# %% exercise="3.3"
# Divide the standard deviation of `with_mean` by that of `known`.
# hint: The standard deviation of a column is `.std()`.
# hint: `with_mean.std() / known.std()`
# mistake: with_mean.mean() / known.mean() -> These are the means. They agree by design.
# mistake: known.std() / with_mean.std() -> The other way round.
kept = with_mean.std() / known.std()  # solution
kept = check("3.3", kept)

# %% [markdown]
# Nothing in the table looks wrong, and yet everybody has come closer together. Whatever
# you compute from the spread (a test, a correlation, a risk) is now too sure of itself.
#
# ## 4. Score the ways without fooling yourself
#
# Now nine ways, on the table where the gaps can be told best. In each fold the filling
# is learnt from the training part alone. So is the model. This takes a few seconds.

# %%
hard = max(found, key=lambda name: found[name].auc)
blind = missing.score(tables[hard], target)
blind

# %% [markdown]
# ### Exercise 3.4: how much does dropping cost?

# %% exercise="3.4"
# How far is "drop" below the best way? Use the column `score` of `by_way`.
# hint: The best is `by_way["score"].max()`, and a row has a name: `by_way.loc["drop"]`.
# hint: `by_way["score"].max() - by_way.loc["drop", "score"]`
# mistake: by_way.loc["drop", "score"] -> That is its score. Take it from the best one.
# mistake: by_way["score"].max() -> That is the best. Take the score of "drop" away.
by_way = blind.table.set_index("strategy")
cost = by_way["score"].max() - by_way.loc["drop", "score"]  # solution
cost = check("3.4", cost)

# %% [markdown]
# Look at the differences between the others, and at their errors. For a model of trees
# most fillings are about the same. Does that mean they are all true?
#
# ## 5. The truth
#
# Now look behind the gaps. First: which table was which, and what each did to the mean.

# %%
true_mean = whole[column].mean()
pd.DataFrame(
    {
        "mechanism": {name: gaps.mechanism for name, gaps in hidden.items()},
        "driven by": {name: gaps.driver or "chance" for name, gaps in hidden.items()},
        "mean left": {name: round(t[column].mean(), 1) for name, t in tables.items()},
        "true mean": round(true_mean, 1),
    }
)

# %%
off = max(abs(table[column].mean() / true_mean - 1) for table in tables.values())
outcome("3.p1", round(100 * off))

# %% [markdown]
# Then: what each way put into the gaps, beside what stood there.

# %%
open_eyes = blind.against(hidden[hard].truth)
plots.strategies_scored(open_eyes)

# %% [markdown]
# ### Exercise 3.5: which filling is nearest to the truth?

# %% exercise="3.5"
# Give the name of the way with the smallest `value_error` in `eyes`.
# hint: The name of the smallest value of a series is `.idxmin()`.
# hint: `eyes["value_error"].idxmin()`
# mistake: eyes["value_error"].idxmax() -> That is the furthest from the truth.
# mistake: eyes["value_error"].min() -> That is the error. Its name is asked.
eyes = open_eyes.table.set_index("strategy")
nearest = eyes["value_error"].idxmin()  # solution
nearest = check("3.5", nearest)

# %%
print(open_eyes.recommendation)

# %% [markdown]
# Two answers, because there are two questions. A *model* can live with a crude filling,
# as long as it sees where the gaps are. A *report* about the column cannot. Choose a
# mechanism, a rate and a way, and look at mean and spread in the remark.

# %%
def drawn(mechanism, rate, strategy):
    cause = driver if mechanism == "MAR" else None
    gaps = missing.make_gaps(whole, column, mechanism, rate=rate, driver=cause, seed=5)
    filled = missing.fill(gaps.frame.drop(columns=target), strategy, [column])
    return plots.filled_values(filled[column], gaps.truth)


plots.explorer(
    drawn,
    controls={
        "mechanism": ["MCAR", "MAR", "MNAR"],
        "rate": [0.1, 0.3, 0.6],
        "strategy": ["mean", "median", "knn", "iterative"],
    },
    static=[
        {"mechanism": "MNAR", "rate": 0.3, "strategy": "median"},
        {"mechanism": "MNAR", "rate": 0.3, "strategy": "knn"},
    ],
)

# %% [markdown]
# With MNAR even the best way stays off: nobody told it about the values that hide. That
# is the honest end of the story. What helps is a question to the people who collected
# the data, not a better algorithm.
#
# ## 6. In SQL, and handed on
#
# SQL leaves gaps out of an average without a word, and counts them in `COUNT(*)`:

# %%
print(f"""SELECT COUNT(*) - COUNT({column}) AS gaps,
       AVG({column}) AS mean_of_the_known,
       AVG(COALESCE({column}, 0)) AS what_zero_would_say
FROM customers;""")

# %% [markdown]
# The shop's customers have gaps of their own: age, gender and income. Here they are
# filled from what else is known of a person, and saved for the next labs. (The other
# data sets are a single table, which no later lab picks up.)

# %%
if dataset == "shop":
    before = checkpoint.load("02-combine")
    after = pipeline.complete(before)
    print(missing.profile(before.users), missing.profile(after.users), sep="\n\n")
    folder = checkpoint.save("03-missing", after)

# %%
quiz("3.q1", answer=...)

# %%
quiz("3.q2", answer=...)

# %%
quiz("3.q3", answer=...)

# %%
progress()

# %% [markdown]
# ## On AWS this is...
#
# - **SageMaker Data Wrangler** has *Handle missing*: fill, impute (mean, median or
#   approximate), drop, and add an indicator. It does not ask why the value is missing.
# - **Amazon Personalize** accepts gaps in metadata where the schema says `"null"`, and
#   needs `USER_ID`, `ITEM_ID` and `TIMESTAMP` in every interaction.
# - **Redshift ML** and SageMaker Autopilot fill gaps for you, and do not say how.
#
# **Simulated:** the gaps, by known rules, so that the truth is there to look at.
# **Real:** every filling, model and score.
#
# **Read next:** lab 04, where SQL trains models. For an evening: Stef van Buuren,
# "Flexible Imputation of Missing Data", free to read online.
