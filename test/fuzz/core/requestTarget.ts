import assert from "node:assert/strict";
import fc from "fast-check";
import { targetPath } from "../../../shared/downstream/targetPath.ts";
import { InvalidTargetError } from "../../../shared/errors/errors.ts";
import { harmlessPaths, queries, rests } from "../generate/targets.ts";
import { withoutGatewayKey } from "../oracle/judgeRequest.ts";
import { alwaysBelow } from "../oracle/lenientPath.ts";
import { coreProperty } from "./coreProperty.ts";

const ORIGIN = "https://api.example";
const bases = fc.constantFrom("", "/v1", "/tenants/contoso/v1", "/a%20b");

export const hostileTarget = coreProperty("targetPath", 36, fc.tuple(bases, rests, queries), ([base, rest, query]) => {
  const target = accepted(base, rest, query);
  if (target === undefined) return;
  assert.match(target, /^\/(?![/\\])[\x21\x22\x24-\x7e]*$/);
  const [path = ""] = target.split("?");
  assert.ok(alwaysBelow([base], path), `${path} leaves ${base}`);
  const url = new URL(target, ORIGIN);
  assert.equal(url.origin, ORIGIN);
  assert.ok(url.pathname === base || url.pathname.startsWith(`${base}/`));
  assert.ok(target.endsWith(withoutGatewayKey(query)), "the query is not as it was sent");
  assert.ok(!/subscription(?:-|%2d)key/i.test(target), "API Management's key goes on");
});

export const harmlessTarget = coreProperty("harmlessPath", 4, fc.tuple(bases, harmlessPaths), ([base, rest]) => {
  assert.equal(targetPath(base, rest, "?a=b"), `${base}${rest}` === "" ? "/?a=b" : `${base}${rest}?a=b`);
});

function accepted(base: string, rest: string, query: string): string | undefined {
  try {
    return targetPath(base, rest, query);
  } catch (error) {
    if (error instanceof InvalidTargetError) return undefined;
    throw error;
  }
}
