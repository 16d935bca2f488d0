/** The app cannot run under this host as it is. The message names the file, function or route at fault. */
export class FunctionsHostStartError extends Error {
  override readonly name = "FunctionsHostStartError";
}
