/** What arrives. */
export interface Trade {
  price: number;
}

/** What is sent. */
export interface Command {
  op: string;
}

export const url = 'ws://test';
