"""Tools every domain uses; nothing here knows a domain."""
