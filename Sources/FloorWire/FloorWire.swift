// FloorWire: see README, Layout.
