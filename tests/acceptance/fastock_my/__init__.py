"""What the sources say of selling channels, on Shopify."""
