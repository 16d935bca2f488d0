import * as z from "zod/mini";
import type { CircuitBreakerSettings } from "./settings.ts";
import { seconds, wholeNumber } from "./values.ts";

const MOST_FAILURES = 10_000;
const PAUSE_MS = 30_000;
const LONGEST_PAUSE_S = 3_600;

/** `CircuitBreaker__Failures` and `__PauseSeconds`. */
export const circuitBreakerSchema = z.pipe(
  z.strictObject(
    {
      Failures: wholeNumber(1, MOST_FAILURES),
      PauseSeconds: z._default(seconds(1, LONGEST_PAUSE_S), PAUSE_MS),
    },
    { error: "settings below it: __Failures, and perhaps __PauseSeconds" },
  ),
  z.transform((from): CircuitBreakerSettings => ({ failures: from.Failures, pauseMs: from.PauseSeconds })),
);
