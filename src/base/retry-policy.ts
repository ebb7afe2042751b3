/** Seconds between one try and the next, as the vendor's retry policy has them for 5xx. */
export const pauses: readonly number[] = [5, 10, 15];

/** The seconds that the server asks for (RFC 9110 section 10.2.3). */
export function readRetryAfter(headers: Headers): number {
  const text = headers.get("retry-after") ?? "";
  const seconds = /^\d+$/.test(text) ? +text : (Date.parse(text) - Date.now()) / 1000;
  return seconds > 0 ? seconds : 0;
}
