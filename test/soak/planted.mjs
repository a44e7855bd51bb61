/**
 * Passes messages on, but each time after so many of them one is lost, the next time one is doubled, and then one is
 * overtaken by the message behind it.
 */
export function plantFaults(after, deliver) {
  const faults = ['lost', 'doubled', 'reordered'];
  let count = 0;
  let late;
  return (message) => {
    const fault = ++count % after === 0 ? faults[(count / after - 1) % faults.length] : undefined;
    if (fault === 'lost') return;
    if (fault === 'reordered') {
      late = message;
      return;
    }
    deliver(message);
    if (fault === 'doubled') deliver(message);
    if (late) deliver(late);
    late = undefined;
  };
}
