"""What can be done with channels per merchant.

wiring       what all of these work with       switching    enable, disable, drain
proving      talk to a channel before anything is kept
authorising  bind a new account                amending     change its settings in place
standing     check, pause, resume              closing      end it
doors        open an account for a hook        tokens       one renewal at a time
connections  callback URLs and generated settings   addresses    tell them to people
farewells    what proves for a while who calls where an account was closed
warehouses   own ones: make, change, archive, one default
third_party  those of 3PLs: made, followed and archived with their accounts
advising     what is told when an account is connected
places       what stands behind them now        mapping      say what shall
troubles     what a failed job means for its account
resealing    move secrets to the newest key    requesting   ask our team for access
"""
