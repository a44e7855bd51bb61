# An echo server on the websockets library.
import asyncio
import signal
import sys

import websockets


async def echo(client):
    async for message in client:
        if message == "go away":
            await client.close(4001, "gone")
        else:
            await client.send(message)


async def main():
    stopped = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set_result, None)
    async with websockets.serve(echo, "127.0.0.1", int(sys.argv[1]), max_size=2**24):
        await stopped


asyncio.run(main())
