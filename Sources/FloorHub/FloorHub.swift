// FloorHub: see README, Layout.
