/** A process of its own, as the gateway is one: answers 200 as soon as it has read the request, and stores nothing. */
import { listen } from "./http.ts";

const server = await listen((request, response) => {
  request.resume().once("end", () => response.writeHead(200).end());
});
process.once("disconnect", () => process.exit());
process.send?.(server.url);
