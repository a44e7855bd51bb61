import { writeFileSync } from 'node:fs';
import { connect as dial } from 'node:net';
import { generate, parser } from 'mqtt-packet';
import type { IConnectPacket, Packet, Parser } from 'mqtt-packet';
import { concatMap, first, tap } from 'rxjs';
import { observeWebSocket, onOpen } from '../../../src/index.node.js';
import type { Codec, Supervision } from '../../../src/index.node.js';
import { wsTransport } from '../../../src/transport/node.js';
import { debianPackage } from '../installed.js';
import type { Client, ServerKind } from '../server-kind.js';

const LOGIN: IConnectPacket = { cmd: 'connect', clientId: '', protocolVersion: 4, keepalive: 0 };

/** MQTT uses the WebSocket like TCP: a frame may hold several packets, or a part of one. */
function mqttCodec(): Codec<Packet[], Packet> & { reset(): void } {
  let packets: Packet[] = [];
  let parsing: Parser;
  return {
    reset: () => (parsing = parser().on('packet', (packet: Packet) => packets.push(packet))),
    encode: (packet) => generate(packet),
    decode: (data) => {
      packets = [];
      parsing.parse(Buffer.from(data as Uint8Array));
      return packets;
    },
  };
}

function connect(url: string, ...supervision: Supervision[]): Client {
  const codec = mqttCodec();
  const logIn = onOpen<Packet[], Packet>((link) => {
    codec.reset();
    link.send(LOGIN);
    return link.messages.pipe(
      concatMap((packets) => packets),
      tap(({ cmd }) => {
        if (cmd === 'connack')
          link.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'echo', qos: 0 }] });
      }),
      first(({ cmd }) => cmd === 'suback'),
    );
  });
  const connection = observeWebSocket<Packet[], Packet>(
    { url, protocols: 'mqtt', codec, transport: wsTransport({ maxPayload: 17 * 1024 * 1024 }) }, // and header
    logIn,
    ...supervision,
  );
  const sendPacket = (packet: Packet) => connection.messages.next(packet);
  return {
    connection,
    received: connection.messages.pipe(
      concatMap((packets) => packets.flatMap((packet) => (packet.cmd === 'publish' ? [packet.payload] : []))),
    ),
    send: (payload) =>
      sendPacket({ cmd: 'publish', topic: 'echo', payload: Buffer.from(payload), qos: 0, dup: false, retain: false }),
    provoke: () => sendPacket(LOGIN), // a second one breaks the protocol
  };
}

/** mosquitto needs a listener of another kind to start (eclipse-mosquitto/mosquitto#2284). */
const config = (directory: string, port: number) => `
user root
allow_anonymous true
max_queued_messages 0
listener 0 ${directory}/socket
listener ${port} 127.0.0.1
protocol websockets
`;

/**
 * Sends something all the time. mosquitto cannot poll Debian's libwebsockets, so it serves WebSockets only when something
 * else happens, or ten times a second, with 4 KiB each time.
 */
function keepAwake(directory: string): () => void {
  const client = dial(`${directory}/socket`);
  client.on('data', () => client.write(generate({ cmd: 'pingreq' })));
  client.on('error', () => {});
  client.write(generate({ ...LOGIN, clientId: 'awake' }));
  return () => client.destroy();
}

export const mosquitto: ServerKind = {
  name: 'mosquitto',
  version: () => debianPackage('mosquitto'),
  command: ({ port, directory }) => {
    writeFileSync(`${directory}/mosquitto.conf`, config(directory, port));
    return ['/usr/sbin/mosquitto', '-c', `${directory}/mosquitto.conf`];
  },
  accompany: ({ directory }) => keepAwake(directory),
  connect,
  protocol: 'mqtt',
  letter: '…',
  cannot: { text: 'MQTT requires binary frames' },
  answers: 'close 4000 enough local',
  closes: { when: 'it receives a second CONNECT', as: 'close 1006 remote unclean' },
  stops: 'close 1006 remote unclean',
};
