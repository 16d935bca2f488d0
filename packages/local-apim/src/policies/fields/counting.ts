import type { ElementReader } from "../../compile/elementReader.ts";
import { constant, type Source } from "../../compile/source.ts";
import type { Exchange } from "../../pipeline/exchange.ts";

/** Counts a request, now or once its answer is known. */
export type Counting = (exchange: Exchange, add: (times: number) => void) => Promise<void>;

const ABOUT_ANSWER = /\bResponse\b/;

/**
 * Reads `increment-condition` and `increment-count`. Where they ask about the response, or the policy says so, the
 * request is counted when there is one.
 */
export function counting(reader: ElementReader, afterResponse: Source<boolean>): Counting {
  const written = ["increment-condition", "increment-count"].map((name) => reader.attribute(name)?.text ?? "");
  const asksAboutAnswer = written.some((text) => ABOUT_ANSWER.test(text));
  const condition = reader.flag("increment-condition", true);
  const times = reader.integer("increment-count") ?? constant(1);
  return async (exchange, add) => {
    const count = async (): Promise<void> => {
      if (await condition(exchange)) add(await times(exchange));
    };
    if (asksAboutAnswer || (await afterResponse(exchange))) exchange.atAnswer.push(count);
    else await count();
  };
}
