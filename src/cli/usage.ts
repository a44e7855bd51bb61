/** Printed by `--help`, and after an error in the command line. */
export const USAGE = `Usage: rxwire [options] <url>

Prints every message as one line of JSON on stdout, logs the events of the
connection on stderr, and sends each line of stdin. A slow reader of stdout
pauses the connection, and a slow peer pauses stdin. Reconnects until a close
code is fatal. Ctrl-C closes the connection.

Options:
  --batch COUNT           print batches of at most COUNT messages, one JSON array per
                          line
  --every MS              with --batch: print a batch after this time at the latest
                          (1000)
  --text                  print messages as text; do not parse them as JSON
  --send-file FILE        send each line of a file of any size, before stdin
  --header 'K: V'         send a header with the handshake; may be repeated
  --protocol P            offer a subprotocol; may be repeated, the preferred one first
  --heartbeat MS          send a ping this often (20000)
  --heartbeat-timeout MS  end the connection if nothing arrives for this long after a
                          ping (10000)
  --ping TEXT             send this message as the ping, instead of a ping frame
  --fatal CODES           do not retry after these close codes (example: 1008,4401);
                          replaces the standard table
  --max-retries N         stop after this many failures in a row (no limit)
  --delays MS,MS,...      wait this long before each retry, instead of backing off;
                          stop after the last one
  --log-level LEVEL       log on stderr: debug (everything), info, warn (problems),
                          error (failures only), silent (nothing)
  --help                  print this help
  --version               print the version

Exit status: 0 closed on request, 1 ended by an error, 2 invalid command line.
`;
