"""What the sources say of orders that a 3PL sends: from the sale at a marketplace to the parcel that has left."""
