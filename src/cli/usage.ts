/** What `--help` prints, and what a bad command line is answered with. */
export const USAGE = `Usage: rxwire [options] <url>

Prints every message as one line of JSON on stdout, tells on stderr what happens
to the connection, and sends each line of stdin. Reads no faster than stdout is
read, and sends no faster than the peer takes it. Reconnects until a close code
says that it is no use. Ctrl-C closes the connection.

Options:
  --batch COUNT           print batches of at most COUNT messages, a JSON array a line
  --every MS              with --batch: let no message wait longer than this (1000)
  --text                  print messages as they came instead of reading them as JSON
  --send-file FILE        send each line of a file, however large, before those of stdin
  --header 'K: V'         send a header with the handshake; may be repeated
  --protocol P            offer a subprotocol; may be repeated, the preferred one first
  --heartbeat MS          ping this often (20000)
  --heartbeat-timeout MS  give up a connection without a sign of life for so long
                          after a ping (10000)
  --ping TEXT             ping with this message instead of a ping frame
  --fatal CODES           close codes to stop on, 1008,4401 say, in place of the
                          standard table
  --max-retries N         give up after so many failures in a row (no limit)
  --delays MS,MS,...      wait so long before each retry instead of backing off;
                          give up after the last one
  --log-level LEVEL       what to tell on stderr: debug (all), info, warn (troubles),
                          error (failures alone), silent
  --help                  print this
  --version               print the version

Exit status: 0 closed as asked, 1 ended by an error, 2 bad usage.
`;
