"""What channels list (listings), what the merchant sells (products), and the imports that bring the one in."""
