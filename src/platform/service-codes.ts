/** What the cloud's bare codes mean, and the mend. */
const explanations: Readonly<Record<string, string>> = {
  "1004":
    "the encrypted token can't be decrypted: encrypt it with RSA-OAEP-256 for the cloud's current public key, and name that key's kid.",
  "1012":
    "the token has expired: hand over a fresh one, and check the clock of the server that mints it.",
  "1024": "no connector of this account has that id: check the account's id and the connector's.",
  "1028":
    "the connector's public key can't be read: enter it as one line of base64 X.509 SubjectPublicKeyInfo, without the lines of PEM.",
  "1041":
    "no key of the brand's key set carries the token's kid: publish the signing key in the JWKS before the first token is signed with it.",
  "1042":
    "the key set holds several keys and the token names none of them: put the kid into the token's header.",
  "1057":
    "the connector wants PKCE, and the cloud holds no verifier for this code: start the authorization request with the code_challenge that the window passed.",
  "2001": "the anonymous token is too old to be renewed, 730 hours have passed: ask for a new one.",
  "2005":
    "unauthenticated messaging is switched off for this account: the account team of the cloud can enable it.",
  "2006":
    "the cloud wants a captcha to be solved first: too many anonymous consumers came from this address.",
  "2007": "the captcha was not solved: too many anonymous consumers came from this address.",
  "9007":
    "the token's signature does not match the connector's key: enter the public half of the key that signs, or the JWKS endpoint that publishes it.",
  "9011":
    "the brand's token endpoint rejected the code: it was used before, has expired, or belongs to another client or redirect_uri.",
  "9013":
    "the brand's endpoint did not answer the cloud in time: check that it is up, fast, and open to the cloud.",
  "9015":
    "this type of connector takes another kind of credential: hand over a code where it is Code Flow, an ID token where it is Implicit.",
};

/**
 * Says what a code of the cloud's identity service means: they come as `{"internalErrorCode": "9007"}`, bare.
 *
 * @param code - such as `"9007"`
 * @returns what is wrong and how to mend it, in words; `undefined` where nobody knows the code
 */
export const explainServiceCode = (code: string): string | undefined =>
  Object.hasOwn(explanations, code) ? explanations[code] : undefined;
