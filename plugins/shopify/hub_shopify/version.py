"""The version of Shopify's Admin API that this plugin is written for: pinned here and nowhere else."""

API_VERSION = "2026-10"
