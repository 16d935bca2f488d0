import { Transform } from "node:stream";

/** As forward-request documents it for buffer-response="true". */
const BUFFER_BYTES = 8_192;

/** Lets data pass in pieces of 8 KB, and the rest at the end. */
export function createChunkBuffer(): Transform {
  let kept: Buffer[] = [];
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      kept.push(chunk);
      bytes += chunk.length;
      if (bytes < BUFFER_BYTES) return done();
      const whole = Buffer.concat(kept);
      kept = [];
      bytes = 0;
      done(null, whole);
    },
    flush(done) {
      done(null, Buffer.concat(kept));
    },
  });
}
