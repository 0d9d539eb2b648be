"""What a waiting line is like: who attends it, how long it takes. For models, router, reports and customers alike."""
