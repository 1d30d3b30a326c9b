"""Mail: messages in, messages composed, messages out."""
