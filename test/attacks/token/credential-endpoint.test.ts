import { itSurvivesBrokenAnswers } from "../support/site-page.js";

describe("attack: a credential endpoint that answers with anything else", () => {
  itSurvivesBrokenAnswers(
    {
      "an error": "provider_failed",
      "no JSON object": "response_invalid",
      unreadable: "request_failed",
      late: "request_timeout",
    },
    (answer) => ({ credential: answer }),
  );
});
