"""What is done with orders.

take_in   one way in for whatever tells of orders; settles what is new of them
settling  lets orders hold, ship and free stock, and says why they wait
drafts    what is handed from the one to the other
holding   what the lines of a batch get: more, fewer, another product, nothing
beginning lines that hold nothing yet
moves     what lines ask of stock, and what becomes of each
flagging  why orders wait, in words
telling   what the channels are believed to show, now that they sold this
importing a feed, page by page
reading   orders that a channel hinted at
polling   has the orders of every account come by themselves
parting   what an account that is closed would leave behind
manual    orders that people make at a point of sale
editing   what people change of them before they leave
leaving   from the own shelf
buyers    who ordered: sealed
rechecking orders that may be served by now
"""
