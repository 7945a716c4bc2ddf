"""The catalogue, in pages and in bulk."""

COUNT_VARIANTS = """
query HubCountVariants($filter: String!, $limit: Int!) {
  productVariantsCount(query: $filter, limit: $limit) { count precision }
}
"""

TEXT = "description(truncateAt: 4000)"  # a product's text without its tags, as the hub knows it

# What an item is made of, but for its connections: pages want `nodes` there, bulk operations `edges { node }`.
_VARIANT = f"""
      id title sku barcode price updatedAt
      selectedOptions {{ name value }}
      product {{
        id title status updatedAt onlineStoreUrl hasOnlyDefaultVariant
        {TEXT}
        featuredMedia {{ preview {{ image {{ url }} }} }}
      }}
"""
_ITEM = "id tracked duplicateSkuCount measurement { weight { unit value } }"
LEVEL = 'id isActive location { id isActive } quantities(names: ["available"]) { name quantity }'

IMPORT_VARIANTS = f"""
query HubImportVariants($first: Int!, $after: String, $filter: String!) {{
  shop {{ currencyCode }}
  productVariants(first: $first, after: $after, query: $filter, sortKey: ID) {{
    nodes {{
      {_VARIANT}
      media(first: 1) {{ nodes {{ preview {{ image {{ url }} }} }} }}
      inventoryItem {{
        {_ITEM}
        inventoryLevels(first: 20) {{ nodes {{ {LEVEL} }} pageInfo {{ hasNextPage endCursor }} }}
      }}
    }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}
"""

MORE_LEVELS = f"""
query HubMoreLevels($id: ID!, $after: String) {{
  inventoryItem(id: $id) {{
    inventoryLevels(first: 250, after: $after) {{ nodes {{ {LEVEL} }} pageInfo {{ hasNextPage endCursor }} }}
  }}
}}
"""

BULK_VARIANTS = f"""
query HubBulkVariants {{
  productVariants(query: "%(filter)s") {{
    edges {{ node {{
      {_VARIANT}
      media {{ edges {{ node {{ id preview {{ image {{ url }} }} }} }} }}
      inventoryItem {{
        {_ITEM}
        inventoryLevels {{ edges {{ node {{ {LEVEL} }} }} }}
      }}
    }} }}
  }}
}}
"""

# Grouped: a child right after its parent, so that a file of any length is read in one pass and at constant memory.
START_BULK = """
mutation HubStartBulk($query: String!) {
  bulkOperationRunQuery(query: $query, groupObjects: true) {
    bulkOperation { id status }
    userErrors { field message code }
  }
}
"""

POLL_BULK = """
query HubPollBulk($id: ID!) {
  shop { currencyCode }
  bulkOperation(id: $id) { id status errorCode rootObjectCount fileSize url }
}
"""
