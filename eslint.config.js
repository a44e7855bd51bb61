import rxjsX from 'eslint-plugin-rxjs-x';
import regexp from 'eslint-plugin-regexp';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  globalIgnores([
    '**/dist/',
    '**/.angular/',
    'coverage/',
    'docs/api/',
    'docs/site/.pages/',
    '**/node_modules/',
    'test/consumers/*/',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    ignores: ['examples/angular-*/**'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked, rxjsX.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // `(event) => listener(event)` is how callbacks are passed on; braces around it say nothing.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // Messages hold numbers, and a number in a template reads the same everywhere.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // What a length check or a phase has proved, the type of an index or a field cannot say; a needless `!` is still
      // an error, by no-unnecessary-type-assertion.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // An empty string is as good as no message.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
    },
  },
  {
    // What a peer sends must not slow a pattern down.
    files: ['src/**/*.ts', 'operators/**/*.ts'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': 'error',
    },
  },
  {
    // What types know of the pages, their own builds ask: their packages are not installed here.
    files: ['**/*.{js,cjs,mjs}', 'examples/angular-*/**/*.ts'],
    extends: [tseslint.configs.strict, tseslint.configs.stylistic],
    rules: { '@typescript-eslint/no-empty-function': 'off' },
  },
  {
    // Arguments are checked for those who have no types to check them: what a type promises may not be there, and a
    // method is looked at without being called.
    files: [
      'src/protocol/codec.ts',
      'src/connection/config.ts',
      'src/sessions/*.ts',
      'src/angular/*.ts',
      'src/metrics/*.ts',
      'src/otel/*.ts',
      'src/testing/*.ts',
      'operators/*.ts',
    ],
    rules: { '@typescript-eslint/no-unnecessary-condition': 'off', '@typescript-eslint/unbound-method': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Stubs do nothing, and pass on whatever comes.
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // Tests throw what users throw.
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      'rxjs-x/throw-error': 'off',
      // rxjs's run helpers are functions in an object, taken apart.
      '@typescript-eslint/unbound-method': 'off',
      // A type argument tells the reader what flows, also where it is the default.
      '@typescript-eslint/no-unnecessary-type-arguments': 'off',
      // `[...'abc']` are the letters of a test, and never anything but ASCII.
      '@typescript-eslint/no-misused-spread': 'off',
      // A record of all that happened is bounded by the test.
      'rxjs-x/no-ignored-replay-buffer': 'off',
      // Subscribing while being told something is a case to be tested.
      'rxjs-x/no-nested-subscribe': 'off',
    },
  },
);
