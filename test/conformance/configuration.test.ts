import { itConforms } from "./modules.js";

describe("OpenID Connect Core, Configuration profile of relying parties", () => {
  itConforms("exchange in the page", [
    "oidcc-client-test-discovery-openid-config",
    "oidcc-client-test-discovery-jwks-uri-keys",
    "oidcc-client-test-discovery-issuer-mismatch",
    "oidcc-client-test-idtoken-sig-none",
    "oidcc-client-test-signing-key-rotation-just-before-signing",
    "oidcc-client-test-signing-key-rotation",
    "oidcc-client-test-ignores-unparseable-key-in-jwks",
  ]);
});
