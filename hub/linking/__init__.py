"""A person's word on what waits: confirm a listing into a product, ignore it, or take it back."""
