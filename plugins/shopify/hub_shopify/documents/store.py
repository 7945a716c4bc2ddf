"""The store itself: who it is, what the app may do there, where it keeps its goods."""

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
