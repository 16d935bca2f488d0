import assert from "node:assert/strict";
import fc from "fast-check";
import { responseHeaders } from "../../../shared/downstream/headers.ts";
import { apiSettings } from "../../shared/downstream/support/apiSettings.ts";
import { LOCATIONS } from "../generate/downstreamAnswers.ts";
import { harmlessPaths, rests } from "../generate/targets.ts";
import { coreProperty } from "./coreProperty.ts";

const ORIGIN = "https://api.example";
const GATEWAY = "https://gateway.example";
const PREFIX = "/some/api/downstream/profile";
const bases = fc.constantFrom("", "/v1");
const locations = fc.oneof(
  fc.constantFrom(...LOCATIONS),
  rests.map((rest) => `{base}${rest}`),
  rests,
  fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)), maxLength: 20 }),
);

/** A client that follows it through the gateway comes where one at the API would. */
export const rewrittenLocation = coreProperty(
  "location",
  3,
  fc.tuple(bases, harmlessPaths, locations),
  ([basePath, rest, written]) => {
    const named = written
      .replaceAll("{base}", `${ORIGIN}${basePath}`)
      .replaceAll("{path}", basePath)
      .replaceAll("{origin}", ORIGIN);
    const location = named.replaceAll("{elsewhere}", "evil.example");
    const path = `${basePath}${rest}` === "" ? "/" : `${basePath}${rest}`;
    const api = apiSettings({ name: "profile", origin: ORIGIN, basePath });
    const [[, rewritten] = ["", ""]] = responseHeaders(["Location", location], api, { path, rest });
    const ascii = location.replace(/[\x80-\xff]/g, (octet) => `%${octet.charCodeAt(0).toString(16).toUpperCase()}`);
    const meant = URL.parse(ascii, `${ORIGIN}${path}`);
    if (meant === null) return;
    const below = meant.origin === ORIGIN && (meant.pathname === basePath || meant.pathname.startsWith(`${basePath}/`));
    const seen = URL.parse(
      rewritten.replace(/[\x80-\xff]/g, (octet) => `%${octet.charCodeAt(0).toString(16).toUpperCase()}`),
      `${GATEWAY}${PREFIX}${rest}`,
    );
    const expected = below
      ? `${GATEWAY}${PREFIX}${meant.pathname.slice(basePath.length)}${meant.search}${meant.hash}`
      : meant.href;
    assert.equal(seen?.href, expected, `${JSON.stringify(location)} became ${JSON.stringify(rewritten)}`);
  },
);
