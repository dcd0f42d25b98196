/** What went wrong in the test bed; the stable part of a {@link TestbedError}. */
export type TestbedErrorCode =
  | "part.exited"
  | "part.not_ready"
  | "part.not_found"
  | "command.failed"
  | "command.timeout"
  | "wait.timeout"
  | "http.refused"
  | "artefact.missing"
  | "tool.missing"
  | "port.none_free"
  | "package.unsupported";

/** A failure of the test bed. Its message ends with the tail of the log that explains it, where there is one. */
export class TestbedError extends Error {
  override readonly name = "TestbedError";
  readonly code: TestbedErrorCode;

  constructor(code: TestbedErrorCode, message: string, options: { cause?: unknown; tail?: string } = {}) {
    const text = options.tail ? `${message}\n${options.tail}` : message;
    super(text, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
  }
}
