import { VERSION } from '@angular/core';
import { expect, it } from 'vitest';

/** Of the project itself, and of the projects `angular-20` and `angular-22`. */
const { ANGULAR = '21' } = process.env;

it(`These tests run on Angular ${ANGULAR}`, () => {
  expect(VERSION.major).toBe(ANGULAR);
});
