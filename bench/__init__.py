"""What the site costs, as ratios measured side by side in one run. Run by hand: never part of the tests."""
