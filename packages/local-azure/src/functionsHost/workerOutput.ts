import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { HostLog, LogLevel } from "./log.ts";
import { isMessage, type WorkerMessage } from "./messages.ts";

const CONSOLE_CATEGORY = "Host.Function.Console";

/** Brings what the worker logs, and every line it writes to stdout and stderr, into the host's log. */
export function relayLogs(child: ChildProcess, log: HostLog): void {
  child.on("message", (message: unknown) => {
    if (!isMessage<WorkerMessage>(message, ["log"]) || message.type !== "log") return;
    const { type: _type, ...line } = message;
    log(line);
  });
  if (child.stdout !== null) {
    createInterface(child.stdout).on("line", (message) =>
      log({ level: "information", category: CONSOLE_CATEGORY, message }),
    );
  }
  if (child.stderr !== null) {
    createInterface(child.stderr).on("line", (message) =>
      log({ level: levelOfErrorOutput(message), category: CONSOLE_CATEGORY, message }),
    );
  }
}

/** The real host judges the lines of stderr by their words. */
function levelOfErrorOutput(line: string): LogLevel {
  if (/error|fail|severe|unhandled exception/i.test(line)) return "error";
  return /warn/i.test(line) ? "warning" : "information";
}
