# %% [markdown]
# # Recommendations: from three CSV files to a campaign that answers in milliseconds
#
# Every call below is a call of Amazon Personalize, written as one writes it for AWS.
# There, the sample notebook waits 40 to 50 minutes for a model and 10 more for a
# campaign. Here, the same calls reach a cloud on your own machine. The model is real.

# %% tags=["parameters"]
dataset: str = "shop"  # "shop" or "movielens-small"

# %%
import json
import time
from dataclasses import replace

import boto3
import pandas as pd

from lab_kit import cloud, paths, plots
from lab_kit.aws.prices import prices
from lab_kit.personalize import inspect
from lab_kit.prepare import schema
from lab_kit.teach import begin, check, checkpoint, outcome, predict, progress, quiz

lab = begin("05", dataset=dataset)
here = cloud.start()

# %% [markdown]
# ## 1. Three files
#
# Users, items and interactions, as the labs before left them. (MovieLens knows nothing
# of its users, so there are two.) A domain wants a few columns of its own: a price in a
# shop, a date for a film.

# %%
STORY = {
    "shop": {
        "step": "03-missing", "domain": "ECOMMERCE", "name": "name_en",
        "field": "VEGETARIAN", "wanted": ["yes", "not food"],
        "promoted": 'INCLUDE ItemID WHERE Items.CATEGORY_L1 IN ("fashion")',
        "event": "Purchase",
    },
    "movielens-small": {
        "step": "02-combine", "domain": "VIDEO_ON_DEMAND", "name": "title",
        "field": "GENRES", "wanted": ["Comedy", "Animation"],
        "promoted": 'INCLUDE ItemID WHERE Items.GENRES IN ("Documentary")',
        "event": "Watch",
    },
}

# %%
story = STORY[dataset]
known = checkpoint.load(story["step"])
items, events = known.items, known.interactions
names = items.set_index("item_id")[story["name"]].to_dict()
if dataset == "shop":
    items = items.dropna(subset=["price"]).astype({"price": "float64"})
else:
    items = items.dropna(subset=["year", "genres"])
    year = items["year"].clip(lower=1971)  # times count from 1970 on
    items["creation_timestamp"] = pd.to_datetime(year.astype(str), utc=True)
    good = events["event_value"] >= 4
    events = events.assign(event_type=good.map({True: "Watch", False: "Click"}))
known = replace(known, items=items, interactions=events)

# %%
kinds = ["interactions", "items"] + (["users"] if known.users is not None else [])
folder = paths.work_folder() / dataset / "05-recommendations"
contracts = {kind: schema.contract(kind, story["domain"]) for kind in kinds}
schema.write(known, folder, contracts=contracts)
print((folder / "interactions.schema.json").read_text(encoding="utf-8")[:420], "...")

# %% [markdown]
# That is an Avro schema. It is all that Personalize knows about the columns.
#
# ## 2. From S3 into a dataset group
#
# A bucket, a policy that lets Personalize read it, and a role it takes on. On AWS this
# is where most people lose their first hour.

# %%
s3, iam = boto3.client("s3"), boto3.client("iam")
personalize = boto3.client("personalize")
account = boto3.client("sts").get_caller_identity()["Account"]
mark = str(time.time_ns())[-8:]
bucket, role_name = f"{account}-lab-05-{mark}", f"lab-05-{mark}"
s3.create_bucket(Bucket=bucket)
for kind in kinds:
    s3.upload_file(str(folder / f"{kind}.csv"), bucket, f"{kind}.csv")
principal = {"Service": "personalize.amazonaws.com"}
allow = {"Effect": "Allow", "Principal": principal}
reads = {**allow, "Action": ["s3:*"], "Resource": [f"arn:aws:s3:::{bucket}/*"]}
policy = {"Version": "2012-10-17", "Statement": [reads]}
s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
trust = {"Version": "2012-10-17", "Statement": [{**allow, "Action": "sts:AssumeRole"}]}
role_arn = iam.create_role(
    RoleName=role_name, AssumeRolePolicyDocument=json.dumps(trust)
)["Role"]["Arn"]

# %%
def wait(describe, **arn):
    """Look until it is there, as one does on AWS, where one looks for minutes."""
    while True:
        told = describe(**arn)
        shown = next(told[key] for key in told if key != "ResponseMetadata")
        if shown["status"] in ("ACTIVE", "CREATE FAILED"):
            print(shown["status"], *arn.values(), shown.get("failureReason", ""))
            return shown
        time.sleep(5)


def make_group(name, **domain):
    """A dataset group with the three files imported."""
    group = personalize.create_dataset_group(name=f"{name}-{mark}", **domain)
    group_arn = group["datasetGroupArn"]
    wait(personalize.describe_dataset_group, datasetGroupArn=group_arn)
    for job in [import_file(group_arn, name, kind, domain) for kind in kinds]:
        wait(personalize.describe_dataset_import_job, datasetImportJobArn=job)
    return group_arn


# %%
def import_file(group_arn, name, kind, domain):
    """A schema, a dataset that keeps to it, and a job that fills it."""
    name = f"{name}-{kind}-{mark}"
    avro = (folder / f"{kind}.schema.json").read_text(encoding="utf-8")
    made = personalize.create_schema(name=name, schema=avro, **domain)
    dataset_arn = personalize.create_dataset(
        name=name,
        datasetType=kind,
        datasetGroupArn=group_arn,
        schemaArn=made["schemaArn"],
    )["datasetArn"]
    wait(personalize.describe_dataset, datasetArn=dataset_arn)
    job = personalize.create_dataset_import_job(
        jobName=name,
        datasetArn=dataset_arn,
        dataSource={"dataLocation": f"s3://{bucket}/{kind}.csv"},
        roleArn=role_arn,
    )
    return job["datasetImportJobArn"]


group_arn = make_group("lab-05")

# %% [markdown]
# ## 3. Train, and hear how good it is
#
# A *recipe* is an algorithm, a *solution* says how to train it, a *solution version* is
# the trained model. `aws-user-personalization-v2` is the recipe for "what next?". We ask
# for four solutions at once, so that they train side by side.

# %%
RECIPE = "arn:aws:personalize:::recipe/"


def train(name, recipe):
    """A solution and the job that trains its first version."""
    solution_arn = personalize.create_solution(
        name=f"{name}-{mark}",
        datasetGroupArn=group_arn,
        recipeArn=RECIPE + recipe,
        performAutoTraining=False,
    )["solutionArn"]
    wait(personalize.describe_solution, solutionArn=solution_arn)
    made = personalize.create_solution_version(solutionArn=solution_arn)
    return made["solutionVersionArn"]


versions = {
    "next": train("next", "aws-user-personalization-v2"),
    "alike": train("alike", "aws-similar-items"),
    "who": train("who", "aws-item-affinity"),
    "order": train("order", "aws-personalized-ranking-v2"),
}

# %% [markdown]
# What takes long is asked for early. A *domain* dataset group has use cases instead of
# recipes, and *recommenders* instead of solutions and campaigns. Two of them train
# while you read on; you meet them again in section 8.

# %%
CASES = {
    "shop": ("ecomm-recommended-for-you", "ecomm-customers-who-viewed-x-also-viewed"),
    "movielens-small": ("vod-top-picks", "vod-more-like-x"),
}
domain_arn = make_group("domain", domain=story["domain"])
recommenders = {
    case: personalize.create_recommender(
        name=f"{case}-{mark}",
        datasetGroupArn=domain_arn,
        recipeArn=f"{RECIPE}aws-{case}",
    )["recommenderArn"]
    for case in CASES[dataset]
}

# %%
guess = predict(
    "5.p1", "Of 100 lists of 25, how many of the 2,500 places does the user take next?",
    guess=...
)

# %%
for version_arn in versions.values():
    wait(personalize.describe_solution_version, solutionVersionArn=version_arn)
told = personalize.get_solution_metrics(solutionVersionArn=versions["next"])
metrics = pd.Series(told["metrics"])
metrics

# %%
outcome("5.p1", round(2_500 * metrics["precision_at_25"]))

# %% [markdown]
# A tenth of the users was kept from the model: it saw nine tenths of what each of them
# did and had to find the rest among all items. AWS rounds. `inspect` shows what it
# rounds, and how far each figure may be off.

# %%
inside = inspect(versions["next"])
inside.metrics().round(4)

# %% [markdown]
# ### Exercise 5.1: how large is the doubt?

# %% exercise="5.1"
# How wide is the interval of precision_at_25, from `low` to `high`?
# hint: `inside.metrics()` has a row for each metric: `.loc["precision_at_25"]`.
# hint: `row["high"] - row["low"]`
# mistake: row["high"] -> That is where the interval ends. Its width is asked.
# mistake: row["mean"] -> That is the middle. Its width is asked.
row = inside.metrics().loc["precision_at_25"]
width = row["high"] - row["low"]  # solution
width = check("5.1", width)

# %% [markdown]
# ## 4. A campaign that answers

# %%
def deploy(name, version_arn):
    """A campaign, which on AWS costs from here on, asked or not."""
    campaign_arn = personalize.create_campaign(
        name=f"{name}-{mark}",
        solutionVersionArn=version_arn,
        minProvisionedTPS=1,
        campaignConfig={"enableMetadataWithRecommendations": True},
    )["campaignArn"]
    wait(personalize.describe_campaign, campaignArn=campaign_arn)
    return campaign_arn


campaigns = {name: deploy(name, versions[name]) for name in ("next", "alike")}
runtime = boto3.client("personalize-runtime")
user = events["user_id"].value_counts().index[40]
began = time.perf_counter()
answer = runtime.get_recommendations(campaignArn=campaigns["next"], userId=user)
print(f"first answer after {time.perf_counter() - began:.2f} s (the model was loaded)")
answer["itemList"][:3]

# %% [markdown]
# ### Exercise 5.2: read an answer

# %% exercise="5.2"
# Make a list of the recommended item ids, in their order.
# hint: `answer["itemList"]` is a list of dicts. Each has an `itemId`.
# hint: `[each["itemId"] for each in answer["itemList"]]`
# mistake: answer["itemList"] -> These are dicts, with scores. Only the ids are asked.
# mistake: [each["score"] for each in answer["itemList"]] -> These are the scores.
ids = [each["itemId"] for each in answer["itemList"]]  # solution
ids = check("5.2", ids)

# %%
took = []
for _ in range(50):
    began = time.perf_counter()
    runtime.get_recommendations(campaignArn=campaigns["next"], userId=user)
    took.append(1000 * (time.perf_counter() - began))
print(f"an answer takes {pd.Series(took).median():.0f} ms here")
inside = inspect(campaigns["next"])
inside.why(user, ids[0])

# %% [markdown]
# AWS does not tell you why. Here every part of the score can be seen: the events that
# caused it, and what the model knows besides.
#
# ## 5. Rules of the house: filters and promotions
#
# A model knows what people like. It does not know that vegetarians see no meat, or that
# the marketing department has paid for three places. Those are rules, and rules are
# filters. This one has a parameter, `$WANTED`.

# %%
filter_arn = personalize.create_filter(
    name=f"wanted-{mark}",
    datasetGroupArn=group_arn,
    filterExpression=f"INCLUDE ItemID WHERE Items.{story['field']} IN ($WANTED)",
)["filterArn"]
wait(personalize.describe_filter, filterArn=filter_arn)
print("wanted:", story["wanted"])

# %% [markdown]
# ### Exercise 5.3: values for a filter

# %% exercise="5.3"
# Give `filterValues` for the list `story["wanted"]`. A trap of AWS: it is *one* text,
# in which each value has double quotes of its own and commas stand between them.
# hint: It is a dict with one key: {"WANTED": '"first","second"'}.
# hint: `",".join(f'"{value}"' for value in story["wanted"])` makes the text.
# mistake: {"WANTED": ",".join(story["wanted"])} -> Each value needs double quotes of its
#   own, inside the text.
# mistake: {"WANTED": story["wanted"]} -> AWS takes one text here, not a list.
values = {"WANTED": ",".join(f'"{v}"' for v in story["wanted"])}  # solution
values = check("5.3", values)

# %%
columns = {"ITEMS": [story["name"].upper(), story["field"]]}
answer = runtime.get_recommendations(
    campaignArn=campaigns["next"],
    userId=user,
    numResults=10,
    filterArn=filter_arn,
    filterValues=values,
    metadataColumns=columns,
)
pd.DataFrame([each["metadata"] for each in answer["itemList"]])

# %%
inside.removed(user, filter_arn, values)

# %% [markdown]
# A misspelt filter is refused with the place where it goes wrong. And what AWS says:

# %%
try:
    personalize.create_filter(
        name=f"wrong-{mark}",
        datasetGroupArn=group_arn,
        filterExpression='EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (“click”)',
    )
except personalize.exceptions.InvalidInputException as error:
    print(error)

# %% [markdown]
# Marketing gets three places of ten. The filter of the request does not touch them.

# %%
promoted_arn = personalize.create_filter(
    name=f"promoted-{mark}",
    datasetGroupArn=group_arn,
    filterExpression=story["promoted"],
)["filterArn"]
wait(personalize.describe_filter, filterArn=promoted_arn)
promotion = {"name": "campaign", "percentPromotedItems": 30, "filterArn": promoted_arn}
answer = runtime.get_recommendations(
    campaignArn=campaigns["next"], userId=user, numResults=10, promotions=[promotion]
)
pd.DataFrame(answer["itemList"]).assign(name=lambda t: t["itemId"].map(names))

# %% [markdown]
# ## 6. A click changes the next answer
#
# An event tracker takes events while they happen. Somebody nobody knows comes in.

# %%
tracker = personalize.create_event_tracker(
    name=f"clicks-{mark}", datasetGroupArn=group_arn
)
wait(personalize.describe_event_tracker, eventTrackerArn=tracker["eventTrackerArn"])
stream = boto3.client("personalize-events")


def best(user, number=10):
    """Ids of the best items for a user now."""
    found = runtime.get_recommendations(
        campaignArn=campaigns["next"], userId=user, numResults=number
    )
    return [each["itemId"] for each in found["itemList"]]


def click(user, item):
    """Send one event."""
    event = {"eventType": story["event"], "itemId": item, "sentAt": time.time()}
    stream.put_events(
        trackingId=tracker["trackingId"], userId=user, sessionId=user, eventList=[event]
    )


# %%
before = best("a visitor")
clicked = ids[:2]
for item in clicked:
    click("a visitor", item)
after = best("a visitor")

# %% [markdown]
# ### Exercise 5.4: how many are new?

# %% exercise="5.4"
# How many items of `after` are not in `before`?
# hint: `set(after)` holds each item once, and sets can be taken from each other.
# hint: `len(set(after) - set(before))`
# mistake: len(set(before) & set(after)) -> That is how many stayed.
# mistake: len(set(after) | set(before)) -> That is how many there are in both together.
fresh = len(set(after) - set(before))  # solution
fresh = check("5.4", fresh)

# %%
plots.answers_compared(
    before,
    after,
    what="a visitor nobody knew, after two events: "
    + " and ".join(names.get(item, item) for item in clicked),
    names=names,
)

# %% [markdown]
# Choose a user and an item to click. The reasons stand below the names. Nothing is
# sent: `after=` asks what would be.

# %%
counts = events["user_id"].value_counts()
people = counts.index[[10, 200, 400]].tolist()
clicks = {names.get(item, item): item for item in best(user, 40)[::10]}
inside = inspect(campaigns["next"])


def drawn(user, click):
    now, then = inside.answer(user, 8), inside.answer(user, 8, after=[clicks[click]])
    last = [names.get(item, item) for item in inside.history(user)["item_id"].tail(3)]
    because = then["because_of"].str.removeprefix("event with ")
    because = "because of " + because.map(lambda each: names.get(each, each))
    return plots.answers_compared(
        now["item_id"].tolist(),
        then["item_id"].tolist(),
        what=f"{user}, who last had {', '.join(last)}, clicks {click}",
        names=names,
        reasons=dict(zip(then["item_id"], because, strict=True)),
    )


plots.explorer(
    drawn,
    controls={"user": people, "click": list(clicks)},
    static=[{"user": people[0], "click": next(iter(clicks))}],
)

# %% [markdown]
# ## 7. Related items, rankings, segments
#
# `aws-similar-items` answers for an item instead of a user.

# %%
found = runtime.get_recommendations(
    campaignArn=campaigns["alike"], itemId=ids[0], numResults=5
)
print("like", names.get(ids[0], ids[0]))
[names.get(each["itemId"], each["itemId"]) for each in found["itemList"]]

# %% [markdown]
# A newsletter shows ten products, the same ones to everybody. What differs is their
# order. `aws-personalized-ranking-v2` sorts a list for one user. Here are the ten most
# popular items.

# %%
newsletter = events["item_id"].value_counts().index[:10].tolist()
campaigns["order"] = deploy("order", versions["order"])
found = runtime.get_personalized_ranking(
    campaignArn=campaigns["order"], userId=user, inputList=newsletter
)
order = [each["itemId"] for each in found["personalizedRanking"]]
pd.DataFrame(
    {"as sent": newsletter, "for this user": order, "in words": map(names.get, order)}
)

# %% [markdown]
# Segments turn the question round: who would like this? They are made in batches: a
# file of questions in S3, a file of answers beside it.

# %%
question = json.dumps({"itemId": ids[0]})
s3.put_object(Bucket=bucket, Key="questions.json", Body=question.encode())
places = {
    "jobInput": {"s3DataSource": {"path": f"s3://{bucket}/questions.json"}},
    "jobOutput": {"s3DataDestination": {"path": f"s3://{bucket}/answers/"}},
    "roleArn": role_arn,
}
segment_arn = personalize.create_batch_segment_job(
    jobName=f"who-{mark}", solutionVersionArn=versions["who"], numResults=25, **places
)["batchSegmentJobArn"]
wait(personalize.describe_batch_segment_job, batchSegmentJobArn=segment_arn)
body = s3.get_object(Bucket=bucket, Key="answers/questions.json.out")["Body"].read()
segment = json.loads(body)["output"]["usersList"]
print(len(segment), "users, beginning with", segment[:5])

# %%
asked = "\n".join(json.dumps({"userId": each}) for each in segment[:5])
s3.put_object(Bucket=bucket, Key="users.json", Body=asked.encode())
places["jobInput"] = {"s3DataSource": {"path": f"s3://{bucket}/users.json"}}
batch_arn = personalize.create_batch_inference_job(
    jobName=f"mail-{mark}", solutionVersionArn=versions["next"], numResults=3, **places
)["batchInferenceJobArn"]
wait(personalize.describe_batch_inference_job, batchInferenceJobArn=batch_arn)
body = s3.get_object(Bucket=bucket, Key="answers/users.json.out")["Body"].read()
for line in body.decode().splitlines():
    one = json.loads(line)
    print(one["input"]["userId"], one["output"]["recommendedItems"])

# %% [markdown]
# ## 8. A domain: no recipe to choose
#
# The recommenders from section 3 are there. On AWS they retrain by themselves, every
# seven days, and what somebody bought or watched is left out without a filter.

# %%
for case, recommender_arn in recommenders.items():
    wait(personalize.describe_recommender, recommenderArn=recommender_arn)
    about = {"userId": user, "itemId": ids[0]} if "-x" in case else {"userId": user}
    found = runtime.get_recommendations(
        recommenderArn=recommender_arn, numResults=5, **about
    )
    print(case, [names.get(each["itemId"]) for each in found["itemList"]])

# %% [markdown]
# ## 9. What it costs, and how to leave nothing behind

# %%
price = next(p.usd for p in prices(paths.home_folder()) if "TPS" in p.unit)
campaign = personalize.describe_campaign(campaignArn=campaigns["next"])["campaign"]
print(f"{price} USD an hour and TPS (as of 2019: check with AWS)")

# %% [markdown]
# ### Exercise 5.5: a forgotten campaign

# %% exercise="5.5"
# What does this campaign cost on AWS when it is forgotten for 30 days?
# hint: It is billed for its `minProvisionedTPS`, asked or not, day and night.
# hint: `price * campaign["minProvisionedTPS"] * 24 * 30`
# mistake: price * 30 -> The price is for an hour.
# mistake: price * 24 -> That is one day.
forgotten = price * campaign["minProvisionedTPS"] * 24 * 30  # solution
forgotten = check("5.5", forgotten)

# %% [markdown]
# Deleting has an order: who uses something goes first. The last line lists what is left.

# %%
def gone(describe, **arn):
    """Look until it is not found any more."""
    while True:
        try:
            describe(**arn)
        except personalize.exceptions.ResourceNotFoundException:
            return
        time.sleep(5)


def remove(noun, arn):
    """Delete something of a kind, and wait until it is gone."""
    first, *rest = noun.split("_")
    name = first + "".join(each.capitalize() for each in rest) + "Arn"
    getattr(personalize, f"delete_{noun}")(**{name: arn})
    if noun != "schema":
        gone(getattr(personalize, f"describe_{noun}"), **{name: arn})


# %%
for arn in campaigns.values():
    remove("campaign", arn)
for arn in recommenders.values():
    remove("recommender", arn)
for arn in versions.values():
    remove("solution", arn.rpartition("/")[0])
remove("event_tracker", tracker["eventTrackerArn"])

# %%
for one in (group_arn, domain_arn):
    for each in personalize.list_datasets(datasetGroupArn=one)["datasets"]:
        told = personalize.describe_dataset(datasetArn=each["datasetArn"])["dataset"]
        remove("dataset", each["datasetArn"])
        remove("schema", told["schemaArn"])
    remove("dataset_group", one)
for each in s3.list_objects_v2(Bucket=bucket)["Contents"]:
    s3.delete_object(Bucket=bucket, Key=each["Key"])
s3.delete_bucket(Bucket=bucket)
iam.delete_role(RoleName=role_name)
mine = [arn for arn in here.status()["resources"] if mark in str(arn)]
print("left behind:", mine)

# %%
quiz("5.q1", answer=...)

# %%
quiz("5.q2", answer=...)

# %%
quiz("5.q3", answer=...)

# %%
progress()

# %% [markdown]
# ## On AWS this is...
#
# - the same code. Take away `cloud.start()` and what follows `inspect`, and it runs in
#   your account: about an hour, and some dollars.
# - `time.sleep(60)` instead of 5, since there is much to wait for.
#
# **Simulated:** queues, roles, bills. **Real:** the models, the metrics, every answer.
#
# **Read next:** lab 06, where products become vectors. For an evening: Harald Steck,
# "Embarrassingly Shallow Autoencoders for Sparse Data", five pages.
