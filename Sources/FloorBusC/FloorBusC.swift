// FloorBusC: see README, Layout.
