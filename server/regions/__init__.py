"""Administrative regions and natural villages: the tree every other record hangs on."""
