"""The composition roots of a cluster's services, one file a service."""
