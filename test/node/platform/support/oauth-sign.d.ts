/** The parts of it that tests use; the package has no types. */
declare module "oauth-sign" {
  type Parameters = Readonly<Record<string, string | readonly string[]>>;

  export function rfc3986(text: string): string;

  export function sign(
    signatureMethod: "HMAC-SHA1" | "HMAC-SHA256" | "PLAINTEXT",
    method: string,
    uri: string,
    parameters: Parameters,
    consumerSecret: string,
    tokenSecret: string,
  ): string;
}
