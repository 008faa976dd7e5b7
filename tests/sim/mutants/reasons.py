"""For which reasons a mutant may be caught: each is a pattern of the checker's findings, kind and words."""

from __future__ import annotations

# lost
UNARRIVED = r"^lost: .*(is not with the server|neither with the server nor on the phone|never came to rest)"
SIGNED_AND_LOST = r"^lost: .*(was signed for and is not with the server|the phone says (accepted|complete))"
GONE_FROM_LIST = r"^lost: .*is gone from its author's list"
PRUNED = r"^lost: .*the phone says pruned"
NOT_OFFERED = r"^lost: .*was not offered again"
PHOTO_LOST = r"^lost: .*(lacks photo|has its photo)"
# duplicated
DUPLICATED = r"^duplicated: "
# wrong
OVERWRITTEN = r"^wrong: .* overwrote "
REFUSED_WRONGLY = r"^wrong: .* was refused and is good"
OTHER_PICTURE = r"^wrong: photo .* shows something else"
ODD_PHOTO = r"^wrong: .*a photo of whole pieces had another hash in the end"
HALF_DONE = r"^wrong: .* has an effect and no line in the ledger"
LEAK = r"^wrong: .*( saw kx[0-9]+q in | opened a .* of another place)"
READABLE = r"^wrong: .* lies readable on the phone"
SIGNED_OUT = r"^wrong: .* was signed out for no reason"
# views_differ
PHONE_VIEWS = r"^views_differ: .* sees household "
