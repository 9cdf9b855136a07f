// FloorClientLoop: see README, Layout.
