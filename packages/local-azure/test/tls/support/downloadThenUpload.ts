import { parentPort, workerData } from "node:worker_threads";
import { Client } from "undici";

/** In a thread of its own, so that it sends while the server is busy. */
export interface Orders {
  readonly origin: string;
  readonly ca: string;
  readonly times: number;
  readonly uploadBytes: number;
}

const { origin, ca, times, uploadBytes } = workerData as Orders;
const client = new Client(origin, { connect: { ca } });
const body = Buffer.alloc(uploadBytes);
const arrived: string[] = [];
for (let time = 0; time < times; time++) {
  // At once: the upload goes out as soon as the last byte of the download is there.
  const [, upload] = await Promise.allSettled([
    client.request({ method: "GET", path: "/" }).then((answer) => answer.body.arrayBuffer()),
    client.request({ method: "PUT", path: "/", body }).then((answer) => answer.body.text()),
  ]);
  arrived.push(upload.status === "fulfilled" ? upload.value : String(upload.reason));
}
await client.close();
parentPort?.postMessage(arrived);
