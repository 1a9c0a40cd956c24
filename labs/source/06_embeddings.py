# %% [markdown]
# # Embeddings: how do words, and products, become vectors with meaning?
#
# A workshop once drew three Korean verbs on a plane and said: roughly like this,
# language models come about. In this lab you draw that picture, then count it, then let
# it be learnt. Then you do the same with what lies in shopping baskets.

# %% tags=["parameters"]
dataset: str = "shop"  # "shop", "movielens-small" or "online-retail"

# %%
import inspect

import numpy as np
import pandas as pd

from lab_kit import data, embed, plots
from lab_kit.recommend import Interactions, compare, evaluate
from lab_kit.recommend import CoPurchase, Markov, Popularity
from lab_kit.teach import begin, check, outcome, predict, progress, quiz

lab = begin("06", dataset=dataset)

# %% [markdown]
# ## 1. Three verbs by hand
#
# Three words from the reviews of a Korean shop: **달다** "to be sweet", **읽다** "to
# read", and **쓰다**, which is two words in one: "to be bitter" and "to write". Draw
# them so that what is alike lies close. Move the numbers as you like.

# %%
by_hand = {"달다": (-1.0, 0.0), "쓰다": (0.0, 0.3), "읽다": (1.0, 0.0)}
meaning = embed.corpora.glosses()
shown = {word: f"{word}  {english}" for word, english in meaning.items()}
title = "Three verbs, drawn by hand"
plots.word_plane(by_hand, title=title, bold=[*by_hand], shown=shown)

# %% [markdown]
# Your picture says: the coffee that is 쓰다 is near the cake that is 달다, and the
# letter one 쓰다 is near the book one 읽다. Nothing you know of Korean is needed from
# here on. Everything is in the company the words keep.
#
# ## 2. Counted
#
# Here are 20,000 sentences of such reviews, taken apart into words and particles.

# %%
reviews = embed.corpora.korean_shop()
for sentence in [*reviews.with_word("쓰다", 4), *reviews.with_word("읽다", 2)]:
    print(sentence)

# %% [markdown]
# How often does each verb stand near some other words, at most four words away?

# %%
counts = embed.count(reviews, window=4)
verbs = ["달다", "쓰다", "읽다"]
company = ["뒷맛", "너무", "유자차", "편지", "후기", "도서관"]
table = counts.frame.loc[verbs, company]
table.rename(columns=shown, index=shown).T

# %% [markdown]
# A row of counts *is* a vector. Two words are alike if their rows point the same way,
# and that is measured by the **cosine** of the angle between them: the product of the
# two, divided by their lengths. 1 is the same direction, 0 has nothing in common.
#
# ### Exercise 6.1: how alike are 쓰다 and 읽다, by these counts?

# %% exercise="6.1"
# Give the cosine of the two rows of `table`.
# hint: `a @ b` is the product of two rows, `np.linalg.norm(a)` the length of one.
# hint: `a @ b / (np.linalg.norm(a) * np.linalg.norm(b))`
# mistake: a @ b -> That grows with the counts. Divide by both lengths.
# mistake: a @ b / np.linalg.norm(a) -> Divide by the length of `b` as well.
a, b = table.loc["쓰다"], table.loc["읽다"]
alike = a @ b / (np.linalg.norm(a) * np.linalg.norm(b))  # solution
alike = check("6.1", alike)

# %% [markdown]
# Six words are few. With all of them, particles such as 을 and 이 would drown the rest,
# since they stand near everything. So one asks not *how often* but *how much oftener
# than chance*: the pointwise mutual information (PMI). Its main directions make short
# vectors, with no learning at all.

# %%
counted = embed.count(reviews, window=4).vectors(50)
counted.similarities(verbs).round(2)

# %% [markdown]
# ## 3. Learnt
#
# **word2vec** gets to such vectors another way. It plays a game: here is a word, does
# that one stand near it, yes or no? After each answer it moves two vectors a little.
# This is all of it, from the kit's own version in NumPy:

# %%
from lab_kit.embed import by_hand as numpy_version

print(inspect.getsource(numpy_version.step))

# %%
guess = predict("6.p1", "Cosine of 쓰다 and 읽다 once it is learnt? (0 to 1)", guess=...)

# %% [markdown]
# We use gensim, which does the same in C. Two settings to know: `dimensions`, the length
# of a vector, and `epochs`, how often it reads the text.

# %%
learnt = embed.learn(reviews, dimensions=50, window=4, epochs=12, keep_epochs=True)
words = learnt.vectors
words.similarities(verbs).round(2)

# %%
outcome("6.p1", round(words.similarity("쓰다", "읽다"), 2))

# %% [markdown]
# ### Exercise 6.2: which verb lies between the others?

# %% exercise="6.2"
# Give the verb whose two cosines to the other verbs have the largest sum.
# hint: `words.similarities(verbs)` has a row for each verb, with its cosines.
# hint: `words.similarities(verbs).sum().idxmax()`
# mistake: words.similarities(verbs).sum().idxmin() -> That one lies furthest out.
# mistake: words.similarities(verbs).sum().max() -> That is the sum. Name the verb.
between = words.similarities(verbs).sum().idxmax()  # solution
between = check("6.2", between)

# %% [markdown]
# Fifty dimensions do not fit on a screen. The plane below shows the two directions in
# which these words differ most. Move the slider from before the first epoch to the last.

# %%
followed = [*verbs, "맵다", "짜다", "보내다", "그리다", "책", "편지"]
plots.explorer(
    lambda epoch: plots.training(learnt, followed, epoch, shown=shown),
    controls={"epoch": (0, 12, 1)},
    static=[{"epoch": 12}, {"epoch": 1}],
)

# %% [markdown]
# ## 4. One word, two meanings
#
# Ask 쓰다 for its nearest words.

# %%
words.shown.update(shown)
words.nearest("쓰다", 8)

# %% [markdown]
# Bitter things and things to write with, in one list. word2vec gives each *spelling*
# one vector, and it lies where both meanings pull it. But every single sentence makes
# clear which is meant. So look at the other words of each sentence, and let a program
# that knows no Korean put the sentences into two heaps.

# %%
senses = embed.senses(reviews, words, "쓰다")
senses.places.groupby("sense").head(3).sort_values("sense")

# %%
senses.vectors.shown.update(shown)
display(senses.vectors.nearest("쓰다 1", 5), senses.vectors.nearest("쓰다 2", 5))

# %% [markdown]
# ### Exercise 6.3: how well did it do?
#
# These reviews were made by a program, so we know what each sentence meant:
# `reviews.labels` names its scene.

# %% exercise="6.3"
# In what share of the sentences of sense 1 does the commonest scene stand?
# hint: `scene` holds the scene of each sentence with 쓰다, beside its `sense`.
# hint: `.value_counts(normalize=True)` gives shares; the largest is `.max()`.
# mistake: scene.value_counts(normalize=True).max() -> That is over both senses. Take
#   the sentences of sense 1.
# mistake: scene[senses.places["sense"] == 1].value_counts().max() -> That is a number of
#   sentences. Give their share: `normalize=True`.
scene = pd.Series([reviews.labels[n] for n in senses.places["sentence"]])
share = scene[senses.places["sense"] == 1].value_counts(normalize=True).max()  # solution
share = check("6.3", share)

# %% [markdown]
# Now the step that leads to language models. Do not give 쓰다 one vector, nor two. Give
# it a **new one in every sentence**: a mean of the words around it, in which those that
# fit best count most. That is *attention*, here without anything learnt.

# %%
sentences = {
    "자몽 이 너무 쓰다": "the grapefruit is too 쓰다",
    "뒷맛 이 쓰다": "the aftertaste is 쓰다",
    "엄마 에게 편지 를 쓰다": "쓰다 a letter to mother",
    "공책 에 쓰다": "쓰다 in a notebook",
}
moved = [embed.in_context(words, each.split(), "쓰다") for each in sentences]
both = embed.Vectors([*verbs, *sentences], np.vstack([words.take(verbs).matrix, moved]))
plots.word_plane(
    embed.plane(both).place(both),
    title="쓰다 alone, and as its sentence moves it",
    remark="joined: 쓰다 by itself, and in a sentence",
    bold=[*verbs, *sentences],
    shown={**shown, **sentences},
    lines=[("쓰다", each) for each in sentences],
)

# %% [markdown]
# ## 5. A space to walk in
#
# Real text, and English: the documentation of fifty AWS services, which came with boto3.
# 1.4 million words. This is the longest cell of the lab.

# %%
documents = embed.corpora.documentation()
print(*documents.with_word("seoul", 3), sep="\n")

# %%
found = embed.learn(
    documents,
    dimensions=64,
    window=4,
    negative=3,
    epochs=8,
    min_count=10,
    sample=3e-4,
    learning_rate=0.05,
)
aws = found.vectors
print(f"{len(aws):,} words from {documents.sentences:,} sentences")

# %%
aws.nearest("mysql", 6)

# %% [markdown]
# Nobody told it that MySQL is a database. If words are points, differences are *steps*.
# The step from `lambda` to `function` may be the one from a service to what one makes
# in it.
#
# ### Exercise 6.4: take the step

# %% exercise="6.4"
# Take the step from "lambda" to "function", starting at "sqs". What is nearest?
# hint: `aws.analogy(a, b, c)` takes the step from a to b, starting at c.
# hint: `.names` of the answer are the words, the nearest first.
# mistake: aws.analogy("function", "lambda", "sqs").names[0] -> That is the step back.
# mistake: aws.nearest("function").names[0] -> That is near to where lambda's step ends.
#   Start at "sqs".
step = aws.analogy("lambda", "function", "sqs").names[0]  # solution
step = check("6.4", step)

# %%
plots.explorer(
    lambda a, is_to, as_c: plots.analogy(aws, a, is_to, as_c),
    controls={"a": "a word", "is_to": "another", "as_c": "a third"},
    static=[
        {"a": "lambda", "is_to": "function", "as_c": "sqs"},
        {"a": "create", "is_to": "creating", "as_c": "delete"},
    ],
)

# %% [markdown]
# One good example proves nothing. Here are a hundred, each asked of all the others,
# and after them questions about general English, on which this space must fail.

# %%
embed.relations(aws)

# %%
embed.judged(aws).round(2)

# %% [markdown]
# A space knows its own field. It also knows what it should not: look what these reviews
# made of women and men. Below 0 leans to newspaper and radio, above 0 to washing.

# %%
women = ["엄마", "아내", "할머니", "언니", "이모"]
men = ["아빠", "남편", "할아버지", "오빠", "삼촌"]
washing, paper = ["닦다", "빨다", "그릇", "이불"], ["신문", "잡지", "라디오", "듣다"]
probe = embed.association(words, (women, men), (washing, paper))
print(probe)
pd.Series(probe.leaning).rename(index=shown).round(2)

# %% [markdown]
# Nobody wrote that into the model. It was in the text: three of four who wash there are
# women. Whatever is built on these vectors inherits it.
#
# ## 6. Products are words, baskets are sentences
#
# A session in the shop is a row of products. Read it as a sentence, and word2vec
# becomes **item2vec**. One thing differs: in a basket order means nothing, so each
# session is shuffled before it is read.

# %%
shop = data.load(dataset)
events = shop.interactions
if "session_id" in events:
    events = embed.as_users(events)  # a session is what one user did
known = Interactions.from_frame(events, items=shop.items)
settings = {"gap_hours": None, "epochs": 5}
model = embed.Item2Vec(**settings).fit(known)
items = model.vectors
names = shop.item_names
if dataset == "shop":
    names = shop.items.set_index("item_id")["name_en"]
items.shown.update(names)
popular = known.items.values[known.popularity().argmax()]
print(f"{len(items):,} items. The most popular: {items.called(popular)}")

# %% [markdown]
# Two questions that sound the same: what is **like** this, and what **goes with** it?
# Two products are alike if they lie in the same company, and then people often take one
# *or* the other. What goes with it lies in the same basket.
#
# ### Exercise 6.5: what goes with it?

# %% exercise="6.5"
# Give the id of the item the model recommends first for a session with `popular` in it.
# hint: `model.similar(item, k)` gives what follows from one item, best first.
# hint: `model.similar(popular, 1).items[0]`
# mistake: items.nearest(popular, 1).names[0] -> That one is like it. What goes with it?
# mistake: popular -> That is the item itself. What goes with it?
goes_with = model.similar(popular, 1).items[0]  # solution
goes_with = check("6.5", goes_with)

# %%
together = [items.called(item) for item in model.similar(popular, 6).items]
pd.DataFrame({"like it": items.nearest(popular, 6).shown, "goes with it": together})

# %% [markdown]
# A map of the whole shop. Look for a product by a part of its name, and rest the
# pointer on a point to read what it is.

# %%
kinds = {"shop": "category_l2", "movielens-small": "genres"}
groups = None
if dataset in kinds:
    groups = shop.items.set_index("item_id")[kinds[dataset]].astype(str).to_dict()
plots.explorer(
    lambda search: plots.space_map(items, groups=groups, search=search),
    controls={"search": "part of a name"},
    static=[{"search": ""}, {"search": items.called(popular)}],
)

# %% [markdown]
# **A new product** has been in no basket, so it has no place. But its description has
# words, and items with such words do have places. We take one item out of all sessions,
# and let its attributes say where it belongs.

# %%
hidden = known.items.values[np.argsort(-known.popularity())[20]]
without = events[events["item_id"] != hidden]
without = Interactions.from_frame(without, items=shop.items)
placed = embed.Item2Vec(**settings).fit(without).vectors
placed.shown.update(names)
pd.DataFrame(
    {
        f"near {items.called(hidden)}": items.nearest(hidden, 6).shown,
        "by its attributes alone": placed.nearest(hidden, 6).shown,
    }
)

# %% [markdown]
# ## 7. Is it any good?
#
# Of each session that was kept apart, we show the model a half and ask for the other.
# Beside it stand three that only count: popularity, what is bought together, and what
# follows what (Markov).

# %%
guess = predict("6.p2", "HR@10 of item2vec, in times of popularity's?", guess=...)

# %%
task = evaluate.new_users(known, share=0.5)
models = {
    "item2vec": embed.Item2Vec(**settings),
    "bought together": CoPurchase(event_types=None, gap_hours=1e6, min_count=2),
    "Markov": Markov(),
    "popularity": Popularity(),
}
table = compare(task, models, metric="hit rate@10")
plots.models_compared(table)

# %% [markdown]
# ### Exercise 6.6: how many times as good as popularity?

# %% exercise="6.6"
# Divide the hit rate among ten of "item2vec" by that of "popularity".
# hint: `table["Markov"]["hit rate@10"]` is that of Markov.
# hint: `table["item2vec"]["hit rate@10"] / table["popularity"]["hit rate@10"]`
# mistake: table["item2vec"]["hit rate@10"] -> That is the rate. Divide it.
# mistake: table["popularity"]["hit rate@10"] / table["item2vec"]["hit rate@10"] -> The
#   other way round.
times = table["item2vec"]["hit rate@10"] / table["popularity"]["hit rate@10"]  # solution
times = check("6.6", times)

# %%
outcome("6.p2", round(times, 1))

# %% [markdown]
# Be honest about such a picture. If counting does as well, count: it is faster, and
# anybody can explain it. What vectors give on top is a *place* for everything: maps,
# search, a start for new products, and something to put into the next model.
#
# ## 8. How far is this from a language model?
#
# - word2vec gives a spelling one vector. A language model makes a new one for each place
#   in each sentence, with attention, dozens of times over.
# - Our attention took what is alike. A language model *learns* what to look for.
# - word2vec guesses neighbours. A language model guesses the next word, from all before.
# - We read 1.4 million words. They read trillions.
#
# The start is the same: a word is known by the company it keeps.

# %%
quiz("6.q1", answer=...)

# %%
quiz("6.q2", answer=...)

# %%
quiz("6.q3", answer=...)

# %%
progress()

# %% [markdown]
# ## On AWS this is...
#
# - **SageMaker BlazingText** trains word2vec, on many machines if need be.
# - **SageMaker Object2Vec** learns vectors for pairs of things, such as users and items.
# - **Amazon Personalize** uses sequences in its own recipes. It shows you no vectors.
# - **Amazon Bedrock** sells embeddings of large models (Titan, Cohere) by the call, and
#   **OpenSearch Service** and **Aurora with pgvector** look for the nearest.
#
# **Simulated:** the Korean reviews and the shop's sessions, by known rules.
# **Real:** AWS's documentation, every vector, every score.
#
# **Read next:** lab 05 for recommenders. For an evening: Jurafsky & Martin, "Speech and
# Language Processing", the chapter on vector semantics, free to read online.
