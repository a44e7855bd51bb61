/** Makes control characters visible. The peer chooses reasons and messages: they must not break a line or control a terminal. */
export function escapeControls(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) => `\\x${hex(control, 2)}`);
}

/** The same in a line of JSON, which stays JSON. */
export function escapeControlsInJson(json: string): string {
  return json.replace(/\p{Cc}/gu, (control) => `\\u${hex(control, 4)}`);
}

/** Makes line breaks visible, so that a message is one line. */
export function escapeLineBreaks(text: string): string {
  return text.replace(/[\r\n]/g, (lineBreak) => (lineBreak === '\n' ? '\\n' : '\\r'));
}

const hex = (character: string, digits: number) => character.charCodeAt(0).toString(16).padStart(digits, '0');
