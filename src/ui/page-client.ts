import type { ConsumerAuth } from "../client/consumer-auth.js";

let pageClient: ConsumerAuth | undefined;

/** The client that the script tag made, if there is one: elements without their own use it. */
export const getPageClient = (): ConsumerAuth | undefined => pageClient;

/** @param auth - the client that elements of this page are to show */
export function setPageClient(auth: ConsumerAuth): void {
  pageClient = auth;
}
