const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec';

/** As RFC 9110 section 5.6.7 has them: IMF-fixdate and RFC 850, `Sun, 06 Nov 1994 …` and `Sunday, 06-Nov-94 …` */
const DATE = /^[a-z]{3,9},? +(\d{1,2})[ -]([a-z]{3})[ -](\d{2}|\d{4}) +(\d\d):(\d\d):(\d\d)(?: +(?:GMT|UTC))?$/i;
/** And C's asctime, `Sun Nov  6 08:49:37 1994`, which names no zone and means GMT as well. */
const ASCTIME = /^[a-z]{3} +([a-z]{3}) +(\d{1,2}) +(\d\d):(\d\d):(\d\d) +(\d{4})(?: +(?:GMT|UTC))?$/i;

/**
 * `Retry-After` in milliseconds: seconds, or an HTTP date (RFC 9110 section 10.2.3). Undefined where it is neither.
 *
 * @param now the wall clock, which dates are read against
 */
export function parseRetryAfter(value: string, now: number): number | undefined {
  const text = value.trim();
  const delay = /^\d+$/.test(text) ? Number(text) * 1000 : Math.max(0, parseDate(text, now) - now);
  return Number.isNaN(delay) ? undefined : Math.min(delay, Number.MAX_SAFE_INTEGER);
}

/** Not by `Date.parse`, which makes something of almost anything, and takes a date without a zone for a local one. */
function parseDate(text: string, now: number): number {
  const [, day, month, year, ...time] = DATE.exec(text) ?? [];
  if (day) return utc(fullYear(year!, now), month!, day, time);
  const [, name, date, hours, minutes, seconds, full] = ASCTIME.exec(text) ?? [];
  return date ? utc(Number(full), name!, date, [hours!, minutes!, seconds!]) : NaN;
}

/** Of two digits, the year that is at most 50 years ahead. */
function fullYear(digits: string, now: number): number {
  if (digits.length === 4) return Number(digits);
  const latest = new Date(now).getUTCFullYear() + 50;
  return latest - ((((latest - Number(digits)) % 100) + 100) % 100);
}

function utc(year: number, name: string, day: string, time: readonly string[]): number {
  const at = MONTHS.indexOf(name.toLowerCase());
  const [hours, minutes, seconds] = time.map(Number) as [number, number, number];
  const midnight = Date.UTC(year, at / 3, Number(day));
  const isDay = at % 3 === 0 && new Date(midnight).getUTCDate() === Number(day);
  const isTime = hours < 24 && minutes < 60 && seconds <= 60; // 60 is a leap second
  return isDay && isTime ? midnight + ((hours * 60 + minutes) * 60 + seconds) * 1000 : NaN;
}
