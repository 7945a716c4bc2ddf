"""Stock: levels as they stand at one place or at all, and levels that are set."""

from hub_shopify.documents.catalogue import LEVEL

LEVELS_AT = f"""
query HubLevelsAt($ids: [ID!]!, $place: ID!) {{
  nodes(ids: $ids) {{
    ... on ProductVariant {{
      id
      inventoryItem {{ id tracked inventoryLevel(locationId: $place, includeInactive: true) {{ {LEVEL} }} }}
    }}
  }}
}}
"""

LEVELS_ANYWHERE = f"""
query HubLevelsAnywhere($ids: [ID!]!) {{
  nodes(ids: $ids) {{
    ... on ProductVariant {{
      id
      inventoryItem {{ id tracked inventoryLevels(first: 20) {{ nodes {{ {LEVEL} }} }} }}
    }}
  }}
}}
"""

ALL_LEVELS = f"""
query HubAllLevels($first: Int!, $filter: String!) {{
  productVariants(first: $first, query: $filter, sortKey: ID) {{
    nodes {{
      id sku
      inventoryItem {{
        id tracked
        inventoryLevels(first: 20) {{ nodes {{ {LEVEL} }} pageInfo {{ hasNextPage endCursor }} }}
      }}
    }}
    pageInfo {{ hasNextPage }}
  }}
}}
"""

SET_STOCK = """
mutation HubSetStock($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { changes { name delta item { id } location { id } } }
    userErrors { field message code }
  }
}
"""
