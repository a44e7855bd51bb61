import { inject } from 'vitest';
import { nativeTransport, observeWebSocket } from '../../src/index.js';
import { playCases } from '../conformance/client.js';
import { conforms } from '../conformance/conforms.js';
import { pagePlace } from '../conformance/places.js';

conforms(pagePlace(navigator.userAgent), (group) =>
  playCases(observeWebSocket, inject('conformance'), nativeTransport(), group),
);
