import { withoutCors } from "../support/broken.js";
import { itSurvivesBrokenAnswers } from "../support/site-page.js";

describe("attack: a discovery document that is anything else", () => {
  itSurvivesBrokenAnswers(
    {
      "an error": "discovery_failed",
      "no JSON object": "discovery_failed",
      unreadable: "request_failed",
      late: "request_timeout",
    },
    (answer) => ({ misconduct: { discovery: (metadata) => answer() ?? metadata } }),
    [withoutCors],
  );
});
