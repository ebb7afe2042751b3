import { itHasNoGuestBy } from "../support/cloud.js";

describe("attack: a Domain API that answers with anything else", () => {
  itHasNoGuestBy((domain) => ({ domain }));
});
