"""What is done with orders.

take_in   one way in for whatever tells of orders; settles what is new of them
settling  lets orders hold, ship and free stock, and says why they wait
drafts    what is handed from the one to the other
holding   what the lines of a batch get: more, fewer, another product, nothing
beginning lines that hold nothing yet
wanting   what lines ask of stock
routing   where they may be sent from
viewing   that, as it is shown
previewing as it would be for an order that might come
choosing  where a person wants them sent from
ruling    the merchant's rules of it
moves     that, as it is handed on, and what becomes of each
departing what warehouses of others say has left
away      the one way to move what lies there
preparing has fulfilment look at it
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
