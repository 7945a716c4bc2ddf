"""Parcels: what of an order is still to leave, what left, and that one leaves."""

READ_PARTS = """
query HubReadParts($id: ID!) {
  order(id: $id) {
    fulfillments(first: 50) {
      id status
      trackingInfo(first: 10) { number }
      fulfillmentLineItems(first: 50) { nodes { quantity lineItem { id } } }
    }
    fulfillmentOrders(first: 20) {
      nodes {
        id status
        assignedLocation { location { id } }
        supportedActions { action }
        lineItems(first: 50) { nodes { id remainingQuantity sku lineItem { id } } pageInfo { hasNextPage } }
      }
      pageInfo { hasNextPage }
    }
  }
}
"""

SHIP = """
mutation HubShip($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) {
    fulfillment { id }
    userErrors { field message }
  }
}
"""
