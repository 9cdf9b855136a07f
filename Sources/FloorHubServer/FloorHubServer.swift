// FloorHubServer: see README, Layout.
