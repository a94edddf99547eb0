/** What k6 gives every script and its types leave to a browser's. */
declare const console: { error(text: string): void };
