"""The permissions of gift cards, their transactions, and the actions that issue them."""

READ = "organizer.giftcards:read"
WRITE = "organizer.giftcards:write"
