/* libzmq's public header, as Debian's libzmq3-dev installs it. Only FloorZeroMQ imports this.
 * No pkgConfig in the manifest: Debian's .pc file carries flags SwiftPM prohibits and warns of. */
#include <zmq.h>
