// FloorClient: see README, Layout.
