// FloorZeroMQ: see README, Layout.
