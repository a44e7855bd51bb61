"""Python's `websockets` behind the lines of `client/host.mjs`."""

import asyncio
import json
import sys
import time

import websockets

if hasattr(websockets, "legacy"):
    from websockets.client import connect
else:
    connect = websockets.connect

connect.BACKOFF_INITIAL = 0.5
connect.BACKOFF_MIN = connect.BACKOFF_MAX = 1

greeting = None
slowness = 0
flood = {"received": 0, "waiting": 0, "gaps": 0}


def say(saw, **event):
    print(json.dumps({"saw": saw, **event}), flush=True)


class Session:
    """A client that iterates over its connections, as the documentation of `websockets` shows."""

    def __init__(self, id, url):
        self.id = id
        self.waiting = []
        self.is_closed = False
        self.socket = None
        self.newest = None
        self.task = asyncio.ensure_future(self.run(url))

    async def run(self, url):
        times = {"ping_interval": 0.5, "ping_timeout": 0.5, "open_timeout": 1.5, "close_timeout": 1}
        try:
            async for self.socket in connect(url, compression=None, **times):
                try:
                    await self.read()
                except websockets.ConnectionClosed:
                    pass
                say("close", id=self.id, code=self.socket.close_code, reason=self.socket.close_reason)
                self.socket = None
                if self.is_closed:
                    break
        except asyncio.CancelledError:
            pass
        except Exception as error:
            say("give-up", id=self.id, reason=repr(error))

    async def read(self):
        say("open", id=self.id)
        if greeting:
            await self.socket.send(greeting)
        while self.waiting:
            await self.socket.send(self.waiting[0])
            self.waiting.pop(0)
        async for text in self.socket:
            if slowness:
                self.count(int(text.split(":")[1]))
                await asyncio.sleep(slowness)
            else:
                say("message", id=self.id, text=text[:40])

    def count(self, n):
        flood["received"] += 1
        flood["gaps"] += self.newest is not None and n != self.newest + 1
        self.newest = n

    async def send(self, text):
        if self.socket and self.socket.open and not self.waiting:
            await self.socket.send(text)
        else:
            self.waiting.append(text)

    async def close(self):
        self.is_closed = True
        if self.socket:
            await self.socket.close()
        else:
            self.task.cancel()


async def main():
    global greeting, slowness
    sessions = {}
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async for line in lines:
        command = json.loads(line)
        do, session = command["do"], sessions.get(command.get("id"))
        if do == "connect":
            sessions[command["id"]] = Session(command["id"], command["url"])
        elif do == "send":
            filling = ":" + "x" * command["bytes"] if "bytes" in command else ""
            for _ in range(command.get("count", 1)):
                await session.send(command["text"] + filling)
        elif do == "close":
            asyncio.ensure_future(session.close())
        elif do == "greet":
            greeting = command["text"]
        elif do == "slow":
            slowness = command["ms"] / 1000
        elif do == "facts":
            say("facts", **flood)
        elif do == "block":
            time.sleep(command["ms"] / 1000)
    # What is still there keeps the process.
    await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}), return_exceptions=True)


asyncio.run(main())
