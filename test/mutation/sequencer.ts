import { statSync } from 'node:fs';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

const FOLDERS = [
  'rx',
  'protocol',
  'page',
  'logging',
  'operators',
  'connection',
  'sessions',
  'metrics',
  'otel',
  'testing',
  'package',
];

/** Tests of small parts first: they are quick, and what they notice need not be tried with the others. */
export class SmallFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => FOLDERS.indexOf(moduleId.split('/').at(-2)!);
    const size = ({ moduleId }: TestSpecification) => statSync(moduleId).size;
    return Promise.resolve(files.sort((a, b) => place(a) - place(b) || size(a) - size(b)));
  }
}
