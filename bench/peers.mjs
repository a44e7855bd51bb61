/** The other libraries, in the rows where each of them has something to show. */
export const peers = ['rxjs/webSocket', 'rxjs-websockets', 'reconnecting-websocket', 'partysocket'];
