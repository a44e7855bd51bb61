import { frames } from './frames.js';
import { proveAll } from './prove.js';

proveAll(frames);
