"""What is done with stock.

booking   movements and the levels that they change, together     levels   adjusted and transferred by people
"""
