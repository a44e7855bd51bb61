import type { TestProject } from 'vitest/node';
import { ConformanceServer } from '../conformance/server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The origin of the server that plays the cases of conformance. */
    conformance: string;
  }
}

export default async function hostCases(project: TestProject): Promise<() => Promise<void>> {
  const server = await ConformanceServer.start();
  project.provide('conformance', server.origin);
  return () => server[Symbol.asyncDispose]();
}
