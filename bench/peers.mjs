/** The other libraries, by the rows that they take part in. */
export const peers = ['rxjs/webSocket', 'rxjs-websockets', 'reconnecting-websocket', 'partysocket', '@nktkas/rews'];
