"""One measurement of the shop's churn model, in a process of its own; `bench_shop` calls it."""

import json
import sys
import time

from lab_kit import automl, data
from tests.benchmarks.process import peak_mib


def committed():
    """From nothing fitted to the first prediction, on the shop that comes with the kit."""
    customers = data.load("shop").tables["customers"].drop(columns="value_next_90_days")
    begun, worked = time.perf_counter(), time.process_time()
    model = automl.fit(customers, "churned")
    model.predict(customers)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - worked
    return {"seconds": seconds, "cpu": cpu, "peak_mib": peak_mib(), "trials": model.trials}


def generated(seed, users):
    """AUC on a third of the customers of another shop: the model's, the ideal observer's (the most
    that can be known from events), and the true risk's (which knows each person's own rates)."""
    from lab_kit.automl.metrics import auc
    from lab_kit.data import shop
    from tests.benchmarks.automl.observer import Observer

    made = shop.generate(users=users, seed=seed)
    customers = made.tables["customers"].drop(columns="value_next_90_days")
    risk = made.truth["customers"].set_index("user_id")["churn_risk"]
    asked = customers.index % 3 == 0
    model = automl.fit(customers[~asked], "churned", objective="AUC")
    churned = customers.loc[asked, "churned"].to_numpy()
    truth = risk[customers.loc[asked, "user_id"]].to_numpy()
    found = auc(churned, model.predict_proba(customers[asked])[:, 1])
    observed = auc(churned, Observer(made).risk()[asked])
    return {
        "auc": found,
        "observer": observed,
        "truth": auc(churned, truth),
        "rows": int((~asked).sum()),
    }


if __name__ == "__main__":
    if sys.argv[1] == "committed":
        print(json.dumps(committed()))
    else:
        print(json.dumps(generated(int(sys.argv[1]), int(sys.argv[2]))))
