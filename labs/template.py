# %% [markdown]
# # Template: how often do people come back?
#
# Two or three sentences that make the reader want to know. Say what they will be able to
# do at the end, and why somebody in a shop would care.

# %% tags=["parameters"]
dataset: str = "shop"  # which data set: "shop" or "movielens-small"

# %%
from lab_kit import data, plots
from lab_kit.teach import begin, check, hint, outcome, predict, reveal

lab = begin("99", dataset=dataset)

# %% [markdown]
# ## 1. Look first
#
# Load what the lab is about and look at a few rows before you do anything with them.

# %%
interactions = data.load(dataset).interactions
interactions.head()

# %% [markdown]
# ## 2. Guess, then count
#
# A guess before the answer is what makes the answer stay.

# %%
guess = predict("99.p1", "How many events does a person have, on average?", guess=...)

# %% [markdown]
# ### Exercise 99.1: events per person

# %% exercise="99.1"
# How many events does a person have on average?
# hint: You need two numbers: how many events there are, and how many different people.
# hint: `len(interactions)` counts the events, and `interactions["user_id"].nunique()` the
#   different people.
# mistake: len(interactions) -> That counts all events. Divide by the number of people.
events_per_person = len(interactions) / interactions["user_id"].nunique()  # solution
events_per_person = check("99.1", events_per_person)

# %%
outcome("99.p1", round(events_per_person, 1))

# %% tags=["nbval-check-output"]
print("people come back:", events_per_person > 1)

# %% [markdown]
# ## 3. See it
#
# Every figure comes from `lab_kit.plots` and brings its own alternative text.

# %%
plots.long_tail(interactions, by="user_id")

# %% [markdown]
# ## On AWS
#
# Say in a sentence or two which service does the same, and what it is called there.
#
# ## Read next
#
# One or two sources worth an evening, with links.
