import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ReadableStream, WritableStream } from 'node:stream/web';
import { createGzip, gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { completeOnClose, observeWebSocket, text } from '../../src/index.node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { TestServer } from '../helpers/server.js';

leavesNothingBehind();

const lines = Array.from({ length: 20_000 }, (_, n) => `${n} ${'x'.repeat(n % 200)}\n`);

/** A server that sends all lines and closes, and a feed of it. */
async function speaking({ goodbye = true } = {}) {
  const server = await TestServer.start();
  server.greet((peer) => {
    peer.send(...lines);
    if (goodbye) peer.closeWith(1000);
  });
  return { server, feed: observeWebSocket({ url: server.url, codec: text() }, completeOnClose()) };
}

async function temporaryFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rxwire-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'lines');
}

describe('Messages as a stream of Node', () => {
  it('are written to a file, all and in order, and then the pipeline ends', async () => {
    const { feed } = await speaking();
    const path = await temporaryFile();

    await pipeline(Readable.from(feed.messages), createWriteStream(path));

    expect((await readFile(path, 'utf8')) === lines.join('')).toBe(true);
  });

  it('can be compressed with gzip', async () => {
    const { feed } = await speaking();
    const path = await temporaryFile();

    await pipeline(Readable.from(feed.messages), createGzip(), createWriteStream(path));

    expect(gunzipSync(await readFile(path)).toString() === lines.join('')).toBe(true);
  });

  it('end it with the error of the connection, after all earlier messages', async () => {
    const server = await TestServer.start();
    server.greet((peer) => {
      peer.send('before');
      peer.closeWith(4000, 'moved');
    });
    const feed = observeWebSocket({ url: server.url, codec: text() });
    const written: string[] = [];
    const sink = new Writable({
      objectMode: true,
      write: (chunk: string, _, done) => {
        written.push(chunk);
        done();
      },
    });

    const piping = pipeline(Readable.from(feed.messages), sink);

    await expect(piping).rejects.toMatchObject({ name: 'ConnectionClosedError', code: 4000 });
    expect(written).toEqual(['before']);
    expect(sink.destroyed).toBe(true);
  });

  it('are unsubscribed with a close of 1000 if the other end fails', async () => {
    const { server, feed } = await speaking({ goodbye: false });
    const sink = new Writable({ objectMode: true, write: (_chunk, _, done) => done(new Error('disk full')) });

    await expect(pipeline(Readable.from(feed.messages), sink)).rejects.toThrow('disk full');

    expect(await server.peers[0]!.closed).toEqual({ code: 1000, reason: '' });
    expect(feed.state.value).toEqual({ status: 'idle' });
  });
});

describe('Messages as a web stream', () => {
  it('are all read in order', async () => {
    const { feed } = await speaking();
    const read: string[] = [];

    await ReadableStream.from(feed.messages).pipeTo(
      new WritableStream<string>({ write: (line) => void read.push(line) }),
    );

    expect(read).toEqual(lines);
  });

  it('are unsubscribed with a close of 1000 if it is cancelled', async () => {
    const { server, feed } = await speaking({ goodbye: false });
    const reader = ReadableStream.from(feed.messages).getReader();
    await reader.read();

    await reader.cancel();

    expect(await server.peers[0]!.closed).toEqual({ code: 1000, reason: '' });
  });
});

describe('A loop over messages', () => {
  it('that throws closes with 1000, and keeps its error', async () => {
    const { server, feed } = await speaking({ goodbye: false });

    const reading = (async () => {
      for await (const line of feed.messages) throw new Error(`cannot read ${line}`);
    })();

    await expect(reading).rejects.toThrow('cannot read 0 ');
    expect(await server.peers[0]!.closed).toEqual({ code: 1000, reason: '' });
  });

  it('throws the error of the connection after all earlier messages, and releases its lease', async () => {
    const server = await TestServer.start();
    server.greet((peer) => {
      peer.send(...lines);
      peer.drop();
    });
    const feed = observeWebSocket({ url: server.url, codec: text() });
    const read: string[] = [];

    const reading = (async () => {
      for await (const line of feed.messages) read.push(line);
    })();

    await expect(reading).rejects.toMatchObject({ name: 'ConnectionClosedError', code: 1006 });
    expect(read).toEqual(lines.slice(0, read.length));
    expect(feed.state.value.status).toBe('failed');
  });
});
