// The vocabulary and the hub's configuration are part of this module's own interface: whoever
// imports FloorBus needs no other import.
@_exported public import FloorEvents
@_exported public import FloorRoster

@_exported public import struct FloorClient.ClientStatistics
@_exported public import struct FloorHub.HubNotice
@_exported public import struct FloorHub.HubStatistics
@_exported public import struct FloorHubServer.HubConfiguration
