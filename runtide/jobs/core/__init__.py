"""What is decided about jobs: which run is next, how one ended, what an environment is. Pure."""
