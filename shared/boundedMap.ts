import { LRUCache } from "lru-cache";

/** A map that forgets what was used least recently when it holds more than `most`. */
export function boundedMap<Value extends object | string | boolean>(most: number): LRUCache<string, Value> {
  // Not `max`: that takes the memory for all of them at the start.
  return new LRUCache<string, Value>({ maxSize: most, sizeCalculation: () => 1 });
}
