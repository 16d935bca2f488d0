import { cutBody, stalledBody, statuses } from "./brokenBodies.ts";
import type { CallKind } from "./callKind.ts";
import { claimsChallenge } from "./challenged.ts";
import { conditional, download, events } from "./downloads.ts";
import { hangUp } from "./hangUps.ts";
import { astray, badToken } from "./refused.ts";
import { echo, upload } from "./uploads.ts";
import { whoAmI } from "./whoAmI.ts";

/** Everything that callers do, for one run. */
export function callKinds(): readonly CallKind[] {
  return [
    whoAmI,
    download,
    conditional,
    events,
    upload,
    echo,
    statuses,
    cutBody,
    stalledBody,
    badToken,
    astray,
    hangUp,
    claimsChallenge(),
  ];
}

/** @param at from 0 up to, not including, 1 */
export function chooseKind(kinds: readonly CallKind[], at: number): CallKind {
  let left = at * kinds.reduce((sum, { weight }) => sum + weight, 0);
  for (const kind of kinds) {
    left -= kind.weight;
    if (left < 0) return kind;
  }
  throw new Error(`${at} is not below 1.`);
}
