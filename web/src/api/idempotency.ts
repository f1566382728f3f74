/**
 * The header by which the server knows a request that is sent again. One for each thing that a person
 * asks for, kept over its retries.
 */
export const newIdempotencyKey = () => ({ "Idempotency-Key": uuid() });

/** `crypto.randomUUID` is there on secure pages alone; this is on all. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
