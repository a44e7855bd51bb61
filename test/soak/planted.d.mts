export function plantFaults<T>(after: number, deliver: (message: T) => void): (message: T) => void;
