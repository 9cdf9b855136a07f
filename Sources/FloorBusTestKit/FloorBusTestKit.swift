// FloorBusTestKit: see README, Layout.
