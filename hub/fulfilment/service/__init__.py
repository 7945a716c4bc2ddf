"""What is done with parcels.

shipping    orders leave the merchant's own shelf, and their channels are to hear of it
confirming  what a channel is told of a parcel that left, and what it says
labelling   labels are asked for, made, and printed again
placing     the steps by which a warehouse of a 3PL is told of products
choosing    which products a person means
parcels     a parcel as plugins are told of it

arranging   outbounds are brought in line with what orders want, and pushed once nothing stands against it
held        what an order holds in warehouses of others       issuing    outbounds are made, and taken back
gating      whether one may be pushed                         papers     what is held of its papers
pushing     what a warehouse is asked to send                 leaving    what it sent has left
stopping    it is asked to stop one                           cancelling people have one stopped
answering   people answer a buyer who asks to cancel          wishes     what is known of that, and said to it
repushing   people have one pushed again, or looked at        calling_off  people call a whole order off
refreshing  what it says of one                               documents  what it is asked for again
announcing  people announce goods on their way there          receipts   what of them came
inbound_calls  the steps by which a warehouse is told of them
syncs       stock syncs are asked for, begun, ended            counting   what each SKU of one comes to
squeezing   where more is promised than lies there
crossing    news that a reading had counted already           reconciling  what they and the hub know differently
troubles    what is the matter with them flags their order    label_links  addresses of labels for those without a key
"""
