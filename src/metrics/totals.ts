/** Counters that are read from `stats`, with their names in Prometheus and in OpenTelemetry. */
export const TOTALS = [
  {
    field: 'received',
    metric: 'rxwire_messages_received_total',
    instrument: 'rxwire.messages.received',
    unit: '{message}',
    help: 'Messages received, rejected ones too.',
  },
  {
    field: 'receivedBytes',
    metric: 'rxwire_received_bytes_total',
    instrument: 'rxwire.bytes.received',
    unit: 'By',
    help: 'Payload received: bytes where the transport knows them.',
  },
  {
    field: 'rejected',
    metric: 'rxwire_messages_rejected_total',
    instrument: 'rxwire.messages.rejected',
    unit: '{message}',
    help: 'Messages received that could not be decoded.',
  },
  {
    field: 'sent',
    metric: 'rxwire_messages_sent_total',
    instrument: 'rxwire.messages.sent',
    unit: '{message}',
    help: 'Messages handed to the socket.',
  },
  {
    field: 'sentBytes',
    metric: 'rxwire_sent_bytes_total',
    instrument: 'rxwire.bytes.sent',
    unit: 'By',
    help: 'Payload handed to the socket: bytes where the transport knows them.',
  },
  {
    field: 'opens',
    metric: 'rxwire_opens_total',
    instrument: 'rxwire.opens',
    unit: '{connection}',
    help: 'Handshakes that succeeded.',
  },
] as const;

/** Fields of `stats` that are counters here. */
export type Total = (typeof TOTALS)[number]['field'];
