import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const name = 'Python websockets';

export const settings =
  '`async for`, `ping_interval=0.5`, `ping_timeout=0.5`, `open_timeout=1.5`, `close_timeout=1`, `BACKOFF_INITIAL = 0.5`, `BACKOFF_MIN = BACKOFF_MAX = 1` (it waits whole seconds); what is sent while offline waits in a list of the adapter';

export const expected = {
  401: { always: ['did not stop'] },
  429: { always: ['came too early'] },
  'herd-429': { always: ['too much: attempts while refused'] },
  certificate: { perhaps: ['connected after its close', 'left what keeps the process'] },
  outbox: { always: ['too much: messages that waited'] },
  flapping: { always: ['attempts without a pause'] },
  'close-1013': { always: ['came too early'] },
  'always-1008': { always: ['did not stop', 'attempts without a pause'] },
  'always-4401': { always: ['did not stop', 'attempts without a pause'] },
  'always-4403': { always: ['did not stop', 'attempts without a pause'] },
  'wrong-key': { always: ['did not stop'] },
  'long-message': { always: ['ended a live connection', 'lost messages'] },
  herd: {
    always: ['too much: percent of the herd within 100 ms'],
    perhaps: ['two connections', 'left a connection', 'left what keeps the process'],
  },
};

/** The first Python that has the package. */
const python = [process.env.PYTHON, 'python3', '/usr/bin/python3'].find(
  (program) => program && spawnSync(program, ['-c', 'import websockets']).status === 0,
);

export const command = [python ?? 'python3', fileURLToPath(new URL('python-websockets.py', import.meta.url))];
