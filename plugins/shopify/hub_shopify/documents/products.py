"""Products that are pushed, and what is looked up before and after."""

from hub_shopify.documents.catalogue import TEXT

FIND_BY_KEY = """
query HubFindByKey($identifier: ProductIdentifierInput!) {
  productByIdentifier(identifier: $identifier) { id }
}
"""

FIND_BY_SKU = """
query HubFindBySku($filter: String!) {
  productVariants(first: 20, query: $filter) { nodes { id sku } }
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
      id title vendor productType descriptionHtml {TEXT} onlineStoreUrl hasOnlyDefaultVariant
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
