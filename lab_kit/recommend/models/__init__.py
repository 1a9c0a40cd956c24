"""One recommender a file, all under the contract of `lab_kit.recommend.model`."""
