// FloorImport: see README, Layout.
