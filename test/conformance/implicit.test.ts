import { itConforms } from "./modules.js";

describe("OpenID Connect Core, Implicit profile of relying parties (response_type=id_token)", () => {
  itConforms("implicit flow", [
    "oidcc-client-test",
    "oidcc-client-test-invalid-iss",
    "oidcc-client-test-missing-sub",
    "oidcc-client-test-invalid-aud",
    "oidcc-client-test-missing-iat",
    "oidcc-client-test-kid-absent-single-jwks",
    "oidcc-client-test-kid-absent-multiple-jwks",
    "oidcc-client-test-idtoken-sig-rs256",
    "oidcc-client-test-invalid-sig-rs256",
    "oidcc-client-test-nonce",
    "oidcc-client-test-nonce-invalid",
  ]);
});
