// What has come in from sockets, files and processes by now. Whoever writes down what happened, and syncs each time, takes it
// up in one go (engine/embedded.ts).

/** Over when every callback has run of what had arrived before. Costs no time where nothing has. */
export function arrivals(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
