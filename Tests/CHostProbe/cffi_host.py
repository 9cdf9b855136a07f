"""Reads floorbus.h as it is, by cffi, and uses the library with nothing but that.

argv: the header preprocessed for readers of declarations (the header says how), the library.
"""

import sys

import cffi

declarations, library = sys.argv[1:]
ffi = cffi.FFI()
with open(declarations, encoding='utf-8') as file:
    ffi.cdef(file.read())
floorbus = ffi.dlopen(library)


def check(status):
    """Fails with the library's sentence."""
    if status != floorbus.FLOORBUS_OK:
        sentence = ffi.new('char[512]')
        floorbus.floorbus_last_error(sentence, 512)
        raise SystemExit(f'{status}: {ffi.string(sentence).decode()}')


def make(name):
    """A struct of this type, as its _INIT macro makes it where all else is zero."""
    made = ffi.new(name + ' *')
    made.struct_size = ffi.sizeof(name)
    return made


hub = ffi.new('floorbus_hub **')
check(floorbus.floorbus_hub_start(ffi.NULL, hub))
options = make('floorbus_client_options')
principal = ffi.new('char[]', b'cffi')
options.principal = principal
client = ffi.new('floorbus_client **')
check(floorbus.floorbus_hub_client(hub[0], options, client))
check(floorbus.floorbus_client_wait_ready(client[0], 60000))

state = make('floorbus_agent_state')
state.state = floorbus.FLOORBUS_STATE_READY
ticket = ffi.new('floorbus_ticket *')
text = ffi.new('char[]', b'agent/bj/sales/1/')
key = floorbus.floorbus_cstr(text)
check(floorbus.floorbus_publish_state(client[0], key, state, ffi.NULL, ticket))
result = make('floorbus_result')
check(floorbus.floorbus_wait(client[0], ticket[0], 60000, result))
check(result.status)

flag = ffi.new('char[]', b'flag/bj/sales/000102030405760788090a0b0c0d0e0f/')
check(floorbus.floorbus_flag_claim(client[0], floorbus.floorbus_cstr(flag), ticket))
check(floorbus.floorbus_wait(client[0], ticket[0], floorbus.FLOORBUS_WAIT_FOREVER, result))
if result.status != floorbus.FLOORBUS_E_NOTFOUND:
    raise SystemExit(f'claiming a flag that is none came out as {result.status}')
check(floorbus.floorbus_client_close(client[0], 60000))
check(floorbus.floorbus_hub_stop(hub[0], 0))
