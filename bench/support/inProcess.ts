import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/**
 * Has a task done by a process of its own, which ends with its answer.
 * @throws Error with what went wrong there, or that the process ended without an answer.
 */
export async function inProcess<Task extends object, Answer>(
  module: URL,
  task: Task,
  nodeArguments: readonly string[] = [],
): Promise<Answer> {
  const child = fork(fileURLToPath(module), [], { execArgv: [...nodeArguments], serialization: "advanced" });
  let answer: Result<Answer> | undefined;
  child.on("message", (message) => {
    answer = message as Result<Answer>;
  });
  child.send(task);
  const [code, signal] = await once(child, "exit");
  if (answer === undefined) throw new Error(`${fileURLToPath(module)} ended without an answer (${signal ?? code}).`);
  if ("failure" in answer) throw new Error(answer.failure);
  return answer.value;
}

/** What both ends, in this one file, send when they are done. */
type Result<Answer> = { readonly value: Answer } | { readonly failure: string };

/** The other end: what the module does with the one task that comes. */
export function answerTask<Task, Answer>(work: (task: Task) => Promise<Answer>): void {
  process.once("message", (task) => {
    const end = (result: Result<Answer>): void =>
      void process.send?.(result, undefined, undefined, () => process.disconnect());
    work(task as Task).then(
      (value) => end({ value }),
      (error: unknown) => end({ failure: error instanceof Error ? error.message : String(error) }),
    );
  });
}
