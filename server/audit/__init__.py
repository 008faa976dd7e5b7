"""The audit trail: searched by those who may, verified, its heads handed out to be kept elsewhere."""
