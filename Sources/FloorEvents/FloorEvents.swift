// FloorEvents: see README, Layout.
