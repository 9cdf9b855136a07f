// FloorBus: see README, Layout.
