"""Where the rights are missing a run says so, takes in what it can, and loses nothing."""
