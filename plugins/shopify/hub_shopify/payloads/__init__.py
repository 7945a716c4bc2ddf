"""What stands in Shopify's answers, by subject: the store, its catalogue, bulk operations, and what was pushed."""
