import type { RedisUnderTest } from "../../shared/exchange/redis/support/redis.ts";
import type { Fault } from "./fault.ts";
import { lifting } from "./fault.ts";

/** The shared cache only ever helps: without it the gateway exchanges, and nobody may notice. */
export function redisFaults(redis: RedisUnderTest): readonly Fault[] {
  const unnoticed = (name: string, begin: Fault["begin"]): Fault => ({ name, allows: [], pauseMs: 0, begin });
  return [
    unnoticed("Redis is killed", async () => {
      await redis.kill();
      return () => redis.start();
    }),
    unnoticed("Redis is frozen", async () => {
      redis.freeze();
      return lifting(() => redis.thaw());
    }),
    unnoticed("Redis is restarted, empty", async () => {
      await redis.kill();
      await redis.start();
      return async () => undefined;
    }),
  ];
}
