import { provideZoneChangeDetection, provideZonelessChangeDetection } from '@angular/core';
import { bootstrapPage } from './hydrated-page.js';

const asked = new URLSearchParams(location.search);
const isZoned = asked.get('detection') === 'zone.js';
if (isZoned) await import('zone.js');

const detection = isZoned ? provideZoneChangeDetection() : provideZonelessChangeDetection();
Object.assign(globalThis, { application: bootstrapPage(asked.get('feed')!, [detection]) });
