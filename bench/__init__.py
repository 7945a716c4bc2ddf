"""Measures the hub as ratios against a floor in the same run."""
