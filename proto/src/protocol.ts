/** Version of the inner protocol between gateway and workers; a gateway leaves workers of another one alone. */
export const PROTOCOL_VERSION = 1;
