"""Orders: those that changed, some by their ids, and what of one does not fit a page."""

_MONEY = "{ shopMoney { amount currencyCode } }"
_LINES = f"""
          nodes {{
            id sku name quantity currentQuantity
            variant {{ id }}
            discountedUnitPriceAfterAllDiscountsSet {_MONEY}
          }}
          pageInfo {{ hasNextPage endCursor }}
"""
_PLACES = """
          nodes {
            status fulfillBy
            assignedLocation { location { id isFulfillmentService } }
            lineItems(first: %d) { nodes { totalQuantity lineItem { id } } pageInfo { hasNextPage endCursor } }
          }
          pageInfo { hasNextPage endCursor }
"""
_ORDER = f"""
        id name test createdAt updatedAt cancelledAt displayFinancialStatus displayFulfillmentStatus
        paymentGatewayNames note
        currentTotalPriceSet {_MONEY}
        shippingAddress {{ name company address1 address2 city province zip countryCodeV2 phone }}
        shippingLine {{ title }}
        lineItems(first: 20) {{ {_LINES} }}
        fulfillments(first: 10) {{ status displayStatus trackingInfo(first: 1) {{ company number }} }}
        fulfillmentOrders(first: 5) {{ {_PLACES % 20} }}
"""

IMPORT_ORDERS = f"""
query HubImportOrders($first: Int!, $after: String, $filter: String) {{
  orders(first: $first, after: $after, query: $filter, sortKey: UPDATED_AT) {{
    nodes {{ {_ORDER} }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}
"""

READ_ORDERS = f"""
query HubReadOrders($ids: [ID!]!) {{
  nodes(ids: $ids) {{
    ... on Order {{ {_ORDER} }}
  }}
}}
"""

MORE_LINES = f"""
query HubMoreLines($id: ID!, $after: String) {{
  order(id: $id) {{ lineItems(first: 100, after: $after) {{ {_LINES} }} }}
}}
"""

ALL_PLACES = f"""
query HubAllPlaces($id: ID!) {{
  order(id: $id) {{ fulfillmentOrders(first: 20) {{ {_PLACES % 50} }} }}
}}
"""
