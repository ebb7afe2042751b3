/** Where the requests are kept that outlive the page. */
export const pendingPrefix = "consumer-auth:pending:";

/** Whether the consumer has been sent away from this tab: cheap, so that it can be asked on every page. */
export function wasAway(): boolean {
  try {
    return Object.keys(sessionStorage).some((key) => key.startsWith(pendingPrefix));
  } catch {
    return false;
  }
}
