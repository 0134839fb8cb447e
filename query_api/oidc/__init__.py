"""Sign-in through an OpenID provider; loaded where one is set up, and nowhere else."""
