"""What the plugin asks of Shopify's Admin API, word for word; the tests hold each against the published schema."""

CHECK = """
query HubCheck {
  shop {
    id name myshopifyDomain currencyCode ianaTimezone
    shopAddress { countryCodeV2 }
    plan { publicDisplayName partnerDevelopment }
  }
  currentAppInstallation { accessScopes { handle } }
}
"""

LOCATIONS = """
query HubLocations($after: String) {
  locations(first: 250, after: $after, includeInactive: true, includeLegacy: true) {
    nodes { id name isActive isFulfillmentService address { countryCode } }
    pageInfo { hasNextPage endCursor }
  }
}
"""

COUNT_VARIANTS = """
query HubCountVariants($filter: String!, $limit: Int!) {
  productVariantsCount(query: $filter, limit: $limit) { count precision }
}
"""

_TEXT = "description(truncateAt: 4000)"  # a product's text without its tags, as the hub knows it

# What an item is made of, but for its connections: pages want `nodes` there, bulk operations `edges { node }`.
_VARIANT = f"""
      id title sku barcode price updatedAt
      selectedOptions {{ name value }}
      product {{
        id title status updatedAt onlineStoreUrl hasOnlyDefaultVariant
        {_TEXT}
        featuredMedia {{ preview {{ image {{ url }} }} }}
      }}
"""
_ITEM = "id tracked duplicateSkuCount measurement { weight { unit value } }"
_LEVEL = 'id isActive location { id isActive } quantities(names: ["available"]) { name quantity }'

IMPORT_VARIANTS = f"""
query HubImportVariants($first: Int!, $after: String, $filter: String!) {{
  shop {{ currencyCode }}
  productVariants(first: $first, after: $after, query: $filter, sortKey: ID) {{
    nodes {{
      {_VARIANT}
      media(first: 1) {{ nodes {{ preview {{ image {{ url }} }} }} }}
      inventoryItem {{
        {_ITEM}
        inventoryLevels(first: 20) {{ nodes {{ {_LEVEL} }} pageInfo {{ hasNextPage endCursor }} }}
      }}
    }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}
"""

MORE_LEVELS = f"""
query HubMoreLevels($id: ID!, $after: String) {{
  inventoryItem(id: $id) {{
    inventoryLevels(first: 250, after: $after) {{ nodes {{ {_LEVEL} }} pageInfo {{ hasNextPage endCursor }} }}
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
        inventoryLevels {{ edges {{ node {{ {_LEVEL} }} }} }}
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

FIND_BY_KEY = """
query HubFindByKey($identifier: ProductIdentifierInput!) {
  productByIdentifier(identifier: $identifier) { id }
}
"""

FIND_KEY_DEFINITION = """
query HubFindKeyDefinition($namespace: String!, $key: String!) {
  shop { currencyCode }
  metafieldDefinitions(first: 1, ownerType: PRODUCT, namespace: $namespace, key: $key) { nodes { id } }
}
"""

DEFINE_KEY = """
mutation HubDefineKey($definition: MetafieldDefinitionInput!) {
  metafieldDefinitionCreate(definition: $definition) {
    createdDefinition { id }
    userErrors { field message code }
  }
}
"""

# What an update compares: what is shown already is not written.
_LISTED = f"""
      id title vendor productType descriptionHtml {_TEXT} onlineStoreUrl hasOnlyDefaultVariant
      mediaCount {{ count }}
      variantsCount {{ count }}
"""

READ_LISTING = f"""
query HubReadListing($id: ID!) {{
  shop {{ currencyCode }}
  productVariant(id: $id) {{
    id title sku barcode price
    selectedOptions {{ name value }}
    inventoryItem {{ measurement {{ weight {{ unit value }} }} }}
    product {{
      {_LISTED}
    }}
  }}
}}
"""

READ_SIBLINGS = f"""
query HubReadSiblings($id: ID!, $after: String) {{
  shop {{ currencyCode }}
  product(id: $id) {{
    {_LISTED}
    variants(first: 250, after: $after) {{
      nodes {{ id sku selectedOptions {{ name value }} }}
      pageInfo {{ hasNextPage endCursor }}
    }}
  }}
}}
"""

# Without an identifier, by which `productSet` would replace the variants of a product that somebody else just made: so
# the second of two pushes of one key is refused, for the key is unique.
CREATE_PRODUCT = """
mutation HubCreateProduct($input: ProductSetInput!) {
  productSet(input: $input, synchronous: true) {
    product { id onlineStoreUrl variants(first: 1) { nodes { id } } }
    userErrors { field message code }
  }
}
"""

UPDATE_PRODUCT = """
mutation HubUpdateProduct($product: ProductUpdateInput!, $media: [CreateMediaInput!]) {
  productUpdate(product: $product, media: $media) {
    product { id }
    userErrors { field message }
  }
}
"""

UPDATE_VARIANT = """
mutation HubUpdateVariant($productId: ID!, $variants: [ProductVariantsBulkInput!]!) {
  productVariantsBulkUpdate(productId: $productId, variants: $variants) {
    productVariants { id }
    userErrors { field message code }
  }
}
"""

# Shopify's default strategy deletes a lone "Default Title" variant; this one keeps what is there.
ADD_VARIANT = """
mutation HubAddVariant($productId: ID!, $variants: [ProductVariantsBulkInput!]!) {
  productVariantsBulkCreate(productId: $productId, variants: $variants, strategy: PRESERVE_STANDALONE_VARIANT) {
    productVariants { id }
    userErrors { field message code }
  }
}
"""
