# %% [markdown]
# # AutoML in SQL: how does `CREATE MODEL` find the best model and become a function?
#
# An analyst who knows SQL and no machine learning can train a model: one statement says
# which rows, which column is to be predicted, and what the function shall be called. On
# AWS that takes about an hour, and you cannot look inside. Here it takes seconds, and
# you see everything it does. The SQL is the same.

# %% tags=["parameters"]
dataset: str = "shop"  # "shop" or "telco-churn"

# %%
import boto3
import pandas as pd

from lab_kit import cloud, data, plots, redshift
from lab_kit.teach import begin, check, outcome, predict, progress, quiz

lab = begin("04", dataset=dataset)
cloud.start()
db = redshift.connect()

# %% [markdown]
# `db` is a connection to a database of the local cloud. It speaks Amazon Redshift's SQL.
# One line makes the rest of the lab shorter. (In a notebook of your own you may prefer
# cells that begin with `%%sql`: first run `%load_ext lab_kit.redshift.magic`.)


# %%
def sql(query):
    return db.execute(query).df()


sql("SELECT 7 / 2 AS whole, 7 / 2.0 AS fraction, GETDATE() AS now")

# %% [markdown]
# ## 1. The customers, by way of S3
#
# Data reach Redshift through S3. A quarter of the customers is put aside: no model sees
# them before we ask how good it is.

# %%
STORY = {  # the key, whom we may lose, what a customer is worth, and two ways to group
    "shop": ("user_id", "churned", "value_next_90_days", "visits_90d", "spend_90d"),
    "telco-churn": (
        "customer_id", "churn", "total_charges", "tenure", "monthly_charges"
    ),
}
key, target, worth, first, second = STORY[dataset]
customers = data.load(dataset).tables["customers"]
if dataset == "telco-churn":  # somebody joined this column on later; see section 2
    left = customers[target]
    last = (customers["monthly_charges"] * 0.4).round(2)
    customers["final_bill"] = last.where(left, 0)
late = {"shop": worth, "telco-churn": "final_bill"}[dataset]
held_out = customers.sample(frac=0.25, random_state=4).index
customers["part"] = pd.Series("train", customers.index).mask(
    customers.index.isin(held_out), "test"
)

# %%
from lab_kit.redshift import frames

s3 = boto3.client("s3")
s3.create_bucket(Bucket="workshop-ml")
s3.put_object(
    Bucket="workshop-ml",
    Key="customers/part-0.csv",
    Body=customers.to_csv(index=False),
)
db.execute("DROP TABLE IF EXISTS customers")
db.execute(frames.create_table(customers, "customers"))
db.execute("""
COPY customers FROM 's3://workshop-ml/customers/' IAM_ROLE default
CSV IGNOREHEADER 1 EMPTYASNULL
""").notices

# %%
sql("SELECT part, COUNT(*) AS customers FROM customers GROUP BY part ORDER BY part")

# %% [markdown]
# ### Exercise 4.1: how many did we lose?

# %% exercise="4.1"
# What share of all customers has the target true? A number between 0 and 1, by SQL.
# hint: A truth value becomes a number with `::INT`, and its mean is a share.
# hint: But in Redshift the mean of whole numbers is a whole number. Add `::FLOAT`.
# mistake: sql(f"SELECT AVG({target}::INT) FROM customers").iloc[0, 0] -> In Redshift the
#   average of whole numbers is a whole number, cut off. Make them `::FLOAT` first.
# mistake: sql(f"SELECT SUM({target}::INT) FROM customers").iloc[0, 0] -> That is how
#   many. The share is asked.
share = sql(f"SELECT AVG({target}::INT::FLOAT) FROM customers").iloc[0, 0]  # solution
share = check("4.1", share)

# %% [markdown]
# ## 2. A plan first
#
# `EXPLAIN CREATE MODEL` is not in Redshift; it is what you would want to ask there. It
# trains nothing. It says what each column would be taken for and why, what looks
# dangerous, what would be tried, how long it would take, and what AWS would charge.

# %%
guess = predict(
    "4.p1", "What would AWS charge for this training, in US cents?", guess=...
)

# %%
everything = [name for name in customers.columns if name != "part"]
settings = "IAM_ROLE default SETTINGS (S3_BUCKET 'workshop-ml')"


def create(columns, goal, model, more=""):
    """CREATE MODEL for some columns of the customers that the model may learn from."""
    rows = f"SELECT {', '.join(columns)} FROM customers WHERE part = 'train'"
    return (
        f"CREATE MODEL {model} FROM ({rows}) TARGET {goal} "
        f"FUNCTION predict_{model} {more} {settings}"
    )


plan = sql("EXPLAIN " + create(everything, target, "churn"))
plan[plan["section"].isin(["problem", "data", "search", "cost on AWS"])]

# %%
price = float(plan.loc[plan["section"] == "cost on AWS", "said"].iloc[0])
outcome("4.p1", round(100 * price))

# %%
plan.loc[plan["section"] == "column", ["item", "said", "why"]]

# %% [markdown]
# Read the reasons. The key is an id and is not learnt from. Now the warnings.

# %%
plan.loc[plan["section"] == "warning", ["item", "said", "why"]]

# %% [markdown]
# ### Exercise 4.2: which column must go?
#
# One column knows the answer. It is filled in only *after* a customer stayed or left. A
# model that may look at it is perfect today, and useless tomorrow.

# %% exercise="4.2"
# Give the name of the column that leaks.
# hint: Look for the words "leak suspect" in the column `why` of the warnings.
# hint: Which of the suspects cannot be known on the day you want to predict?
# mistake: target -> That is what we want to predict, so it has to stay.
# mistake: key -> The id is harmless: it is not learnt from.
leak = late  # solution
leak = check("4.2", leak)

# %% [markdown]
# ## 3. `CREATE MODEL`, and watching it
#
# The statement comes back at once. The training data go to S3, and a job begins:
# preprocessing, algorithms and their settings are tried, each over several folds. We
# ask for eight trials (a setting of the kit's; AWS has only `MAX_RUNTIME`).

# %%
known = [name for name in everything if name not in (key, late, worth)]
for model in ("churn", "worth", "grouping"):
    db.execute(f"DROP MODEL IF EXISTS {model}")
db.execute("SET model_trials TO 8")
db.execute(create(known, target, "churn"))
sql("SHOW MODEL churn").head(12)

# %% [markdown]
# The leaderboard is a table. It fills while the job runs.

# %%
import time


def state(model):
    shown = sql(f"SHOW MODEL {model}").set_index("key")["value"]
    return shown["Model State"]


seen = 0
while state("churn") == "TRAINING":
    board = sql("SELECT * FROM LEADERBOARD('churn')")
    if len(board) > seen:
        seen = len(board)
        print(f"{seen} candidates; {board['candidate'].iloc[0]} leads")
    time.sleep(0.5)
board = sql("SELECT * FROM LEADERBOARD('churn')")
plots.leaderboard_drawn(frames.leaderboard(board))

# %% [markdown]
# The measure is F1: the balance of "how many of those I name do leave" and "how many of
# those who leave do I name". The baseline always says the same.
#
# ### Exercise 4.3: what has the search brought?

# %% exercise="4.3"
# How far is the best candidate's `f1_mean` above the baseline's? Use `by_name`.
# hint: The best is `by_name["f1_mean"].max()`. A row has a name: `.loc["baseline 1"]`.
# hint: `by_name["f1_mean"].max() - by_name.loc["baseline 1", "f1_mean"]`
# mistake: by_name["f1_mean"].max() -> That is the best. Take the baseline's away.
# mistake: by_name["f1_mean"].max() - by_name["f1_mean"].mean() -> The baseline is asked,
#   not the average of all.
by_name = board.set_index("candidate")
brought = by_name["f1_mean"].max() - by_name.loc["baseline 1", "f1_mean"]  # solution
brought = check("4.3", brought)

# %%
sql("SHOW MODEL churn")

# %% [markdown]
# ## 4. The model is a function
#
# No server, no endpoint, nothing that goes on billing: the model lives in the database.
# These are the customers that it has never seen.

# %%
call = f"predict_churn({', '.join(name for name in known if name != target)})"
sql(f"""
SELECT {target} AS really, {call} AS predicted, COUNT(*) AS customers
FROM customers WHERE part = 'test' GROUP BY 1, 2 ORDER BY 1, 2
""")

# %% [markdown]
# ### Exercise 4.4: can I believe it when it says "will leave"?

# %% exercise="4.4"
# Of the test customers whom the model says will leave, what share did leave?
# hint: `named` has the rows it names. Put a SELECT in front of it.
# hint: `SELECT AVG({target}::INT::FLOAT) {named}` is the mean of the target over these.
# mistake: sql(f"SELECT COUNT(*) {named}").iloc[0, 0] -> That is how many it names. How
#   many of these did leave?
# mistake: share -> That is the share of all customers. Only of those it names.
named = f"FROM customers WHERE part = 'test' AND {call}"
right = sql(f"SELECT AVG({target}::INT::FLOAT) {named}").iloc[0, 0]  # solution
right = check("4.4", right)

# %% [markdown]
# ## 5. Who is at risk, and why?
#
# `predict_churn_probabilities` gives the classes with their probabilities, the likelier
# one first. It is of the type SUPER: dots and brackets lead into it.

# %%
chances = call.replace("predict_churn(", "predict_churn_probabilities(")
at_risk = sql(f"""
SELECT {key}, {target}, CASE WHEN p.labels[0]::VARCHAR = 'true'
    THEN p.probabilities[0]::FLOAT ELSE p.probabilities[1]::FLOAT END AS risk
FROM (SELECT {key}, {target}, {chances} AS p FROM customers WHERE part = 'test')
ORDER BY risk DESC, {key}
""")
at_risk.head()

# %% [markdown]
# Why? `SHAP_VALUES` shares out each prediction among the columns. What a column got, it
# got by pushing this customer up (towards leaving) or down from what the model says of
# anybody.

# %%
riskiest = at_risk[key].iloc[0]
inputs = ", ".join([key, *(name for name in known if name != target)])
why = sql(f"""
SELECT * FROM SHAP_VALUES('churn', (SELECT {inputs} FROM customers
    WHERE {key} = '{riskiest}'))
""")
plots.row_explained(frames.explanation(why), title=f"Customer {riskiest}")

# %% [markdown]
# ### Exercise 4.5: what worries us most about this customer?

# %% exercise="4.5"
# Give the column of `why` that pushes this customer most towards leaving.
# hint: The largest `shap_value` counts. `.idxmax()` gives its row.
# hint: `why.loc[why["shap_value"].idxmax(), "feature"]`
# mistake: why.loc[why["shap_value"].idxmin(), "feature"] -> That one speaks most for
#   staying.
# mistake: why["shap_value"].max() -> That is how strongly. Which column is it?
worry = why.loc[why["shap_value"].idxmax(), "feature"]  # solution
worry = check("4.5", worry)

# %% [markdown]
# And overall? `EXPLAIN_MODEL` is Redshift's own. It answers in JSON.

# %%
import json

overall = json.loads(sql("SELECT EXPLAIN_MODEL('churn')").iloc[0, 0])
shares = overall["explanations"]["kernel_shap"]["label0"]["global_shap_values"]
plots.columns_that_matter(shares, unit=why["scale"].iloc[0])

# %% [markdown]
# A list of risks is not a decision yet. A call costs something, and it does not keep
# everybody. Choose what a call costs, how many it keeps, and what a customer is worth.


# %%
def decided(cost, saves, worth_of):
    return plots.calls_worth(
        at_risk["risk"], at_risk[target], cost=cost, saves=saves, worth=worth_of
    )


plots.explorer(
    decided,
    controls={"cost": [2, 5, 10], "saves": [0.1, 0.3, 0.5], "worth_of": [40, 80, 160]},
    static=[
        {"cost": 5, "saves": 0.3, "worth_of": 40},
        {"cost": 10, "saves": 0.3, "worth_of": 160},
    ],
)

# %% [markdown]
# The shop is simulated, so there is a truth to compare with: the risk that each customer
# really had on that day. Nobody can do better than that.

# %%
if dataset == "shop":
    true_risk = data.load("shop").truth["customers"].set_index("user_id")["churn_risk"]
    both = at_risk.set_index("user_id").assign(truth=true_risk)
    ranks = both[[target, "risk", "truth"]].astype(float).rank()
    stayed, gone = (both[target] == each for each in (False, True))
    for who in ("risk", "truth"):
        wins = ranks.loc[gone, who].sum() - gone.sum() * (gone.sum() + 1) / 2
        print(f"AUC of the {who:5}: {wins / (gone.sum() * stayed.sum()):.3f}")

# %% [markdown]
# ## 6. What is a customer worth? Which kinds are there?
#
# A number as target makes a regression. This time you guide it: the algorithm and the
# problem are given. And without a target there are groups: k-means, with everything
# set by hand (`AUTO OFF`). Both are asked for at once; we wait until both are there.

# %%
numbers = customers[known].select_dtypes("number").columns.tolist()
db.execute("SET model_trials TO 4; SET wait_for_models TO on")
db.execute(
    create(
        [name for name in known if name != target] + [worth],
        worth,
        "worth",
        "MODEL_TYPE XGBOOST PROBLEM_TYPE REGRESSION OBJECTIVE 'MSE'",
    ).replace("part = 'train'", f"part = 'train' AND {worth} IS NOT NULL")
)
db.execute(f"""
CREATE MODEL grouping FROM (SELECT {first}, {second} FROM customers)
FUNCTION group_of IAM_ROLE default AUTO OFF MODEL_TYPE KMEANS
PREPROCESSORS '[{{"ColumnSet": ["*"], "Transformers": ["StandardScaler"]}}]'
HYPERPARAMETERS DEFAULT EXCEPT (K '4') SETTINGS (S3_BUCKET 'workshop-ml')
""")
sql("SHOW MODEL ALL")

# %% [markdown]
# Three functions in one query: groups, what they are worth, and how likely they leave.

# %%
value = f"predict_worth({', '.join(name for name in known if name != target)})"
sql(f"""
SELECT group_of({first}, {second}) AS "group", COUNT(*) AS customers,
    ROUND(AVG({first}::FLOAT), 1) AS {first},
    ROUND(AVG({second}::FLOAT), 1) AS {second},
    ROUND(AVG({value}::FLOAT)) AS predicted_worth, ROUND(AVG({worth}::FLOAT)) AS really,
    ROUND(AVG(({call})::INT::FLOAT), 2) AS will_leave
FROM customers WHERE part = 'test' GROUP BY 1 ORDER BY 1
""")

# %% [markdown]
# ## 7. The same without a connection: boto3
#
# A web service or a Lambda function has no database driver. It sends SQL through the
# Redshift Data API. What you see here runs on AWS as it stands; only the name of the
# workgroup will be yours.

# %%
api = boto3.client("redshift-data")
sent = api.execute_statement(
    WorkgroupName="workshop",
    Database="dev",
    Sql=f"SELECT COUNT(*) FROM customers WHERE part = :part AND {call}",
    Parameters=[{"name": "part", "value": "test"}],
)
told = api.describe_statement(Id=sent["Id"])
print(told["Status"], api.get_statement_result(Id=sent["Id"])["Records"])

# %% [markdown]
# ## 8. Cost, and cleaning up
#
# Training is paid by the cell: rows times columns. `MAX_CELLS` draws rows at random
# until the number fits. Predicting costs nothing beyond the database. A model stays
# until it is dropped, and costs nothing while it lies there: the endpoint that goes on
# billing is what you get when you deploy the same model with SageMaker.

# %%
db.execute("DROP MODEL grouping; DROP MODEL worth")
sql("SHOW MODEL ALL")

# %%
quiz("4.q1", answer=...)

# %%
quiz("4.q2", answer=...)

# %%
quiz("4.q3", answer=...)

# %%
progress()

# %% [markdown]
# ## On AWS this is...
#
# - **Redshift ML**: the same statements. `CREATE MODEL` exports the data to your bucket
#   and starts **SageMaker Autopilot**, which needs about an hour.
# - **Autopilot** stops by the clock (`MAX_RUNTIME`), so that two runs give two models.
#   Here the number of trials is settled beforehand: the same data give the same model.
# - Autopilot also builds an ensemble, and writes notebooks of what it tried. Its
#   leaderboard is in SageMaker Studio, not in SQL.
# - `EXPLAIN CREATE MODEL`, `LEADERBOARD`, `SHAP_VALUES`, `model_trials` and
#   `wait_for_models` are the kit's own. On AWS leave them out.
#
# **Simulated:** the account, the cluster, and (in the shop) the customers.
# **Real:** the SQL engine, every model, every fold and every figure.
#
# **Read next:** lab 05, recommendations. For an evening: Christoph Molnar,
# "Interpretable Machine Learning", free to read online, on what SHAP values can say.
