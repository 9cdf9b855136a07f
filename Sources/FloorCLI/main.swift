print("floorbus")
