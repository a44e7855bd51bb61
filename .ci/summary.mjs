/*
 * Names what failed in the reports of vitest's JSON reporter that it is given, and sums all of them up in one line. A file
 * that fails before its tests are known counts as one failure, or it would not be seen.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, relative } from 'node:path';

const total = { passed: 0, failed: 0, skipped: 0 };
const hasFailed = ({ status }) => status === 'failed';

for (const path of process.argv.slice(2).filter(existsSync)) {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  const failures = report.testResults.filter(hasFailed).flatMap(({ name, message, assertionResults }) => {
    const tests = assertionResults.filter(hasFailed);
    const file = relative('', name);
    return tests.length > 0
      ? tests.map(({ fullName, failureMessages }) => `${file} > ${fullName}\n${failureMessages[0] ?? ''}`)
      : [`${file}\n${message}`];
  });
  for (const failure of failures) console.log(`FAILED in ${basename(path, '.json')}: ${failure}\n`);
  total.passed += report.numPassedTests;
  total.failed += failures.length;
  total.skipped += report.numPendingTests + report.numTodoTests;
}

console.log(`vitest: ${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
