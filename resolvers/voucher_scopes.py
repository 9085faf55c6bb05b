"""The permissions of everything about vouchers. Client-side keys have the last three and no others."""

# Voucher campaigns, vouchers, categories, actions, customers, publications, the bin.
READ = "organizer.vouchers:read"
WRITE = "organizer.vouchers:write"
# Validating is a kind of reading; redeeming and rolling back are one.
REDEEM_READ = "organizer.redemptions:read"
REDEEM_WRITE = "organizer.redemptions:write"
PUBLISH = "organizer.publications:write"
