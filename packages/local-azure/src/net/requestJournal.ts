import { EventEmitter } from "node:events";

const LIMIT = 1_000;

/**
 * The latest requests of a server, oldest first. An entry is there from its arrival on, and is completed in
 * place: after the client has its answer, perhaps, so that who needs the end of an entry must wait for `onFinish`.
 */
export interface RequestJournal<Entry> {
  readonly entries: readonly Entry[];
  arrived(entry: Entry): void;
  finished(entry: Entry): void;
  /** Calls back at each arrival; the function returned ends that. */
  onArrival(listener: (entry: Entry) => void): () => void;
  /** Calls back when a request is over, answered or not; the function returned ends that. */
  onFinish(listener: (entry: Entry) => void): () => void;
}

export function createRequestJournal<Entry>(limit = LIMIT): RequestJournal<Entry> {
  const entries: Entry[] = [];
  const events = new EventEmitter<{ arrived: [Entry]; finished: [Entry] }>();
  events.setMaxListeners(0);
  const subscribe = (event: "arrived" | "finished") => (listener: (entry: Entry) => void) => {
    events.on(event, listener);
    return () => void events.off(event, listener);
  };
  return {
    entries,
    arrived(entry) {
      entries.push(entry);
      if (entries.length > limit) entries.shift();
      events.emit("arrived", entry);
    },
    finished: (entry) => void events.emit("finished", entry),
    onArrival: subscribe("arrived"),
    onFinish: subscribe("finished"),
  };
}
